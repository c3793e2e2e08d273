import CCurl

/// The kind of file system that holds a file.
package enum FileSystem {
    /// Whether other machines may see the file; true for every kind not known to be local.
    package static func isShared(_ descriptor: Int32) -> Bool {
        !ofOneMachine.contains(UInt32(truncatingIfNeeded: rsd_file_system(descriptor)))
    }

    /// From the kernel's `linux/magic.h`: ext2 to ext4, XFS, Btrfs, tmpfs, overlay, ramfs, F2FS, bcachefs, exFAT, FAT; and ZFS.
    private static let ofOneMachine: Set<UInt32> = [
        0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x8584_58f6, 0xf2f5_2010, 0xca45_1a4e, 0x2011_bab0,
        0x4d44, 0x2fc1_2fc1,
    ]
}
