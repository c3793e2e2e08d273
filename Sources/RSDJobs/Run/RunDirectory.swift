import Foundation

/// Where the parts of a run lie. Deleting the directory forgets the run.
package struct RunDirectory: Sendable, Equatable {
    package let url: URL

    package init(_ url: URL) {
        self.url = url.standardizedFileURL
    }

    /// The spec as it is run, every default filled in.
    package var job: URL { url.appending(path: "job.yaml") }
    package var manifest: URL { url.appending(path: "manifest.json") }
    package var journal: URL { url.appending(path: "journal/events.jsonl") }
    /// Engine processes that were started, so that the next run finds leftovers.
    package var engines: URL { url.appending(path: "engines.jsonl") }
    package var lock: URL { url.appending(path: "lock") }
    package var logs: URL { url.appending(path: "logs") }
    /// One line a finished trajectory, written when all are finished.
    package var results: URL { url.appending(path: "results.jsonl") }
    package var summary: URL { url.appending(path: "summary.json") }
    package var summaryTable: URL { url.appending(path: "summary.csv") }
    package var report: URL { url.appending(path: "report.html") }

    /// The content of `results.jsonl`; nil where it is not there, or no file.
    var resultsContent: Data? { try? Self.contents(of: results) }

    /// - Parameter isPrivate: whether engines may write into their logs what is not for everybody.
    func create(isPrivate: Bool = false) throws(FileFailure) {
        for directory in [url, journal.deletingLastPathComponent()] { try Self.make(directory.path) }
        try makeLogs(isPrivate: isPrivate)
    }

    func makeLogs(isPrivate: Bool) throws(FileFailure) {
        try Self.make(logs.path)
        guard !isPrivate || chmod(logs.path, 0o700) == 0 else { throw FileFailure(path: logs.path, errno: errno) }
    }

    /// Makes a directory and those above it, and names the one that could not be made.
    static func make(_ path: String) throws(FileFailure) {
        if mkdir(path, 0o755) == 0 { return }
        if errno == ENOENT {
            try make((path as NSString).deletingLastPathComponent)
            if mkdir(path, 0o755) == 0 { return }
        }
        var isDirectory: ObjCBool = false
        let failure = FileFailure(path: path, errno: errno)
        guard failure.errno == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
            isDirectory.boolValue
        else { throw failure }
    }
}

/// Writes a file so that a reader sees the old content or the new, and never a part of either.
enum AtomicFile {
    /// - Parameters:
    ///   - partial: what the file's name ends in until it is whole.
    ///   - mode: who may do what with it.
    static func write(_ data: Data, to file: URL, partial: String = "partial", mode: mode_t = 0o644) throws {
        let temporary = file.appendingPathExtension(partial)
        // What an earlier process left, which may be a link, is not written to.
        unlink(temporary.path)
        let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw FileFailure(path: temporary.path, errno: errno) }
        do {
            defer { close(descriptor) }
            try writeAll(data, to: descriptor, path: temporary.path)
            guard fsync(descriptor) == 0 else { throw FileFailure(path: temporary.path, errno: errno) }
        }
        guard rename(temporary.path, file.path) == 0 else { throw FileFailure(path: file.path, errno: errno) }
        try syncDirectory(file.deletingLastPathComponent())
    }

    /// Puts a copy in the place of a file: whoever has the old one open writes to it in vain.
    static func renew(_ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        try write(Data(contentsOf: file, options: .mappedIfSafe), to: file)
    }

    /// Writes a value as JSON for people: indented, keys in order.
    static func write(json value: some Encodable, to file: URL) throws {
        try write(try json(value), to: file)
    }

    static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Foundation's own errors of writing do not name the file.
    static func writeAll(_ data: Data, to descriptor: Int32, path: String) throws(FileFailure) {
        var rest = data[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            guard written >= 0 || errno == EINTR else { throw FileFailure(path: path, errno: errno) }
            rest = rest.dropFirst(max(0, written))
        }
    }

    /// Makes the names in a directory survive the end of the machine.
    static func syncDirectory(_ directory: URL) throws {
        let descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(path: directory.path, errno: errno) }
        defer { close(descriptor) }
        // Some network file systems refuse to sync a directory; the rename itself has happened.
        fsync(descriptor)
    }
}

/// A file of the run directory that could not be written.
package struct FileFailure: Error, Equatable, CustomStringConvertible {
    package var path: String
    package var errno: Int32

    package var isDiskFull: Bool { errno == ENOSPC || errno == EDQUOT }
    package var description: String { "\(path): \(String(cString: strerror(errno)))" }
}
