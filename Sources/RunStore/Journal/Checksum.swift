/// CRC-32 (IEEE 802.3), as zlib and gzip compute it.
enum Checksum {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? (value >> 1) ^ 0xedb8_8320 : value >> 1 }
    }

    static func crc32(_ bytes: some Sequence<UInt8>) -> UInt32 {
        ~table.withUnsafeBufferPointer { table in
            bytes.reduce(~UInt32(0)) { crc, byte in
                table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
            }
        }
    }

    /// The checksum as eight hexadecimal digits.
    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let crc = String(crc32(bytes), radix: 16)
        return String(repeating: "0", count: 8 - crc.utf8.count) + crc
    }
}
