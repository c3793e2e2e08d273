import Foundation
import Synchronization

/// Counts the open requests to the model.
final class OpenRequests: Sendable {
    private let count = Mutex(0)

    /// - Returns: the number of open requests, including this one.
    func enter() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }

    func leave() { count.withLock { $0 -= 1 } }
}

/// One line of JSON per request that reached the model, and per sleep or wake command, in order of arrival. Several
/// processes may share the file.
final class RequestLog: Sendable {
    struct Line: Encodable {
        private enum CodingKeys: String, CodingKey {
            case path, model, prompts = "prompt", maxTokens = "max_tokens", seed, temperature, stop, stream, pid, open
        }

        let path: String
        let model: String
        /// Token ids; a list of lists if the request has several prompts.
        let prompts: [[Int]]
        let maxTokens: Int?
        let seed: Int64?
        let temperature: Double?
        let stop: [String]?
        /// nil for a response in one piece.
        var stream: Bool?
        /// Number of open requests to the model when it arrived, including itself; nil for commands.
        fileprivate(set) var open: Int?

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            try fields.encode(path, forKey: .path)
            try fields.encode(model, forKey: .model)
            if prompts.count == 1 {
                try fields.encode(prompts[0], forKey: .prompts)
            } else {
                try fields.encode(prompts, forKey: .prompts)
            }
            try fields.encode(maxTokens, forKey: .maxTokens)
            try fields.encode(seed, forKey: .seed)
            try fields.encode(temperature, forKey: .temperature)
            try fields.encode(stop, forKey: .stop)
            try fields.encodeIfPresent(stream, forKey: .stream)
            try fields.encode(getpid(), forKey: .pid)
            try fields.encodeIfPresent(open, forKey: .open)
        }
    }

    private let file: FileHandle

    /// - Throws: `CheckpointError` if the file cannot be opened for appending.
    init(path: String) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CheckpointError("\(path): \(String(cString: strerror(errno)))")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }

    /// Appends the line with a single `write`, so that lines of several processes do not mix.
    func append(_ line: Line, open: Int? = nil) throws {
        var line = line
        line.open = open
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = try encoder.encode(line)
        data.append(UInt8(ascii: "\n"))
        let written = data.withUnsafeBytes { write(file.fileDescriptor, $0.baseAddress, $0.count) }
        guard written == data.count else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }
}
