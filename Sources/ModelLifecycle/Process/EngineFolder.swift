import Foundation

/// A temporary directory of one engine start, with a note inside that identifies it.
struct EngineFolder {
    let path: String
    private let note: String

    init(_ path: String, tag: String, home: DirectoryIdentity) {
        self.path = path
        note = "\(tag) \(home.text)\n"
    }

    private var file: String { path + "/.rsd-batch" }

    /// - Throws: ``LedgerError``.
    func sign() throws(LedgerError) {
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw LedgerError(path: file, doing: "written", code: errno) }
        defer { close(descriptor) }
        let bytes = Array(note.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count else {
            throw LedgerError(path: file, doing: "written", code: errno)
        }
    }

    /// Removes the directory if its name, owner and note show that it is ours.
    func remove() {
        guard path.hasPrefix("/"), !path.split(separator: "/").contains(".."),
            (path as NSString).lastPathComponent.wholeMatch(of: /rsd-[A-Za-z0-9]{6}/) != nil
        else { return }
        // All checks use one descriptor, since a path may change its meaning.
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return }
        defer { close(folder) }
        var status = stat()
        guard fstat(folder, &status) == 0, status.st_uid == geteuid() else { return }
        let descriptor = openat(folder, ".rsd-batch", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &bytes, bytes.count)
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), count > 0,
            bytes[..<count].elementsEqual(note.utf8)
        else { return }
        try? FileManager.default.removeItem(atPath: path)
    }
}
