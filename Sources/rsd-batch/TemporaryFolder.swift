import Foundation

/// Where temporary files go. On a cluster TMPDIR often comes along from a login node, and names a folder that a compute node
/// does not have.
enum TemporaryFolder {
    /// Puts another folder in place of one that cannot be used, for this process and all that it starts, and says so.
    static func makeUsable(_ console: Console) {
        guard let named = console.environment["TMPDIR"], !named.isEmpty, !isUsable(named),
            let other = ["/tmp", "/var/tmp", "/dev/shm"].first(where: isUsable)
        else { return }
        setenv("TMPDIR", other, 1)
        console.message(
            "rsd-batch: TMPDIR is \(named), which is no folder that can be written to here; \(other) is used\n")
    }

    private static func isUsable(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
            && access(path, W_OK | X_OK) == 0
    }
}
