import Foundation
import Support

/// The log file of one start: `<engine>-<n>.log`.
struct EngineLog: Sendable {
    let path: String

    /// Creates the file with the next free number.
    ///
    /// - Throws: ``FileFailure``.
    static func next(for engine: String, in directory: String) throws(FileFailure) -> EngineLog {
        // A failure here also fails below, with a reason.
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var number = 1
        while true {
            let path = "\(directory)/\(engine)-\(number).log"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            if descriptor >= 0 {
                close(descriptor)
                return EngineLog(path: path)
            }
            guard errno == EEXIST else { throw FileFailure(path: path, errno: errno) }
            number += 1
        }
    }

    /// Bytes written so far.
    var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Up to 1 MiB from `offset` on; empty if there is none, or it cannot be read.
    func bytes(from offset: Int) -> Data {
        guard size > offset, let file = FileHandle(forReadingAtPath: path) else { return Data() }
        defer { try? file.close() }
        guard (try? file.seek(toOffset: UInt64(offset))) != nil else { return Data() }
        return (try? file.read(upToCount: 1 << 20)) ?? Data()
    }

    /// The end of the log in whole lines of plain text; the key is masked in case the engine printed it.
    func tail(bytes limit: UInt64 = 262_144, hiding key: Secret) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let length = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: length > limit ? length - limit : 0)
        var bytes = (try? file.readToEnd()) ?? Data()
        if length > limit, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
            bytes = bytes[bytes.index(after: end)...]
        }
        return String(decoding: bytes, as: UTF8.self).withoutTerminalControls
            .replacingOccurrences(of: key.value, with: key.description)
    }
}
