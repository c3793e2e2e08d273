import Foundation

/// The folder for temporary files. On a cluster, TMPDIR is often inherited from a login node and names a folder that the
/// compute node does not have.
enum TemporaryFolder {
    /// Replaces an unusable TMPDIR for this process and its children, and prints a message.
    static func makeUsable(_ console: Console) {
        guard let named = console.environment["TMPDIR"], !named.isEmpty, !isUsable(named),
            let other = ["/tmp", "/var/tmp", "/dev/shm"].first(where: isUsable)
        else { return }
        setenv("TMPDIR", other, 1)
        console.message(
            "rsd-batch: TMPDIR is \(named), which is not a writable directory here; using \(other)\n")
    }

    private static func isUsable(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
            && access(path, W_OK | X_OK) == 0
    }
}
