import Foundation
import RunStore

/// The files of a run that can be downloaded; no other is ever opened for a client.
enum RunFiles {
    static let names = ["results.jsonl", "summary.json", "summary.csv"]

    /// A file, opened for reading, and its size; nil if the run has none, or has a link or something else in its place.
    static func open(_ name: String, of directory: RunDirectory) -> (file: FileHandle, size: Int)? {
        guard names.contains(name) else { return nil }
        let path = directory.url.appending(path: name).path
        let descriptor = Foundation.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (file, Int(status.st_size))
    }

    static func type(of name: String) -> String {
        if name.hasSuffix(".csv") { return "text/csv; charset=utf-8" }
        return name.hasSuffix(".jsonl") ? "application/jsonl" : "application/json"
    }
}
