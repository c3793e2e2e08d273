import Foundation

/// Reads all text that people edit: specs, prompts, chat templates, data, answers to grade.
///
/// The text is UTF-8 without a byte order mark or NUL characters, and its lines end in LF. Other encodings are refused.
/// Checksums are those of the file's own bytes.
package struct TextFile: Sendable {
    /// Limit in bytes for a text that is read as a whole.
    private static let largestText = 4 << 20

    /// The path for messages.
    package let file: String
    /// The bytes without a byte order mark, otherwise unchanged: in data, a carriage return may be content.
    package let bytes: Data

    /// - Parameter file: the path for messages.
    /// - Throws: a diagnostic if the bytes are UTF-16 or UTF-32.
    package init(file: String, _ data: Data) throws(Diagnostic) {
        if let encoding = Self.wideEncoding(data) {
            throw Diagnostic(file: file, message: "the file is \(encoding); save it as UTF-8")
        }
        self.file = file
        var rest = data
        // Some tools add a second one.
        while rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        bytes = rest
    }

    /// The bytes of a text file.
    ///
    /// - Throws: ``Unreadable`` if the file is missing or larger than 4 MiB.
    package static func contents(of path: String) throws(Unreadable) -> Data {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: largestText + 1)
        else {
            // An empty file cannot be mapped.
            if let empty = FileManager.default.contents(atPath: path) { return empty }
            throw Unreadable(path)
        }
        guard data.count <= largestText else {
            throw Unreadable(message: "\(path) is larger than \(largestText >> 20) MiB, the limit for a text file")
        }
        return data
    }

    /// The text with LF line breaks.
    ///
    /// - Throws: a diagnostic at the first byte that is not UTF-8, or at a NUL character.
    package func text() throws(Diagnostic) -> String {
        guard String(validating: bytes, as: UTF8.self) != nil, !bytes.contains(0) else { throw fault }
        var unix: [UInt8] = []
        unix.reserveCapacity(bytes.count)
        var previous: UInt8 = 0
        for byte in bytes {
            if !(byte == 0x0A && previous == 0x0D) { unix.append(byte == 0x0D ? 0x0A : byte) }
            previous = byte
        }
        return String(decoding: unix, as: UTF8.self)
    }

    /// The first fault of a text that is not valid.
    private var fault: Diagnostic {
        var (iterator, decoder, mark, previous) = (bytes.makeIterator(), UTF8(), Mark.start, Unicode.Scalar(0x20))
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            switch scalar {
            case "\0":
                return Diagnostic(
                    file: file, line: mark.line, column: mark.column,
                    message: "a NUL character, which text cannot contain; save the file as UTF-8")
            case "\n" where previous == "\r": break
            case "\n", "\r": mark = Mark(line: mark.line + 1, column: 1)
            default: mark.column += 1
            }
            previous = scalar
        }
        return Diagnostic(
            file: file, line: mark.line, column: mark.column, message: "the file is not UTF-8; save it as UTF-8")
    }

    /// The encoding, from the byte order mark or from zeros between ASCII characters.
    private static func wideEncoding(_ data: Data) -> String? {
        let start = Array(data.prefix(4))
        if start == [0xFF, 0xFE, 0, 0] || start == [0, 0, 0xFE, 0xFF] { return "UTF-32" }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let zeros = start.map { $0 == 0 }
        return zeros == [false, true, false, true] || zeros == [true, false, true, false] ? "UTF-16" : nil
    }
}
