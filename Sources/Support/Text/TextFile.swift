import Foundation

/// The door by which text that people edit comes in: specs, prompts, chat templates, data, answers to be graded.
///
/// Behind it nothing is left of what editors and systems differ in: text is UTF-8 without a byte order mark and without NUL
/// characters, and its lines end in LF. Other encodings are refused. Checksums are those of the bytes before the door.
package struct TextFile: Sendable {
    /// Bytes of a text that is read in one piece: far more than anybody writes by hand.
    private static let largestText = 4 << 20

    /// The path to show in messages.
    package let file: String
    /// Without a byte order mark, and otherwise as they were: in data a carriage return may be data.
    package let bytes: Data

    /// - Parameter file: the path to show in messages.
    /// - Throws: where the bytes are UTF-16 or UTF-32.
    package init(file: String, _ data: Data) throws(Diagnostic) {
        if let encoding = Self.wideEncoding(data) {
            throw Diagnostic(file: file, message: "the file is \(encoding); save it as UTF-8")
        }
        self.file = file
        var rest = data
        // Tools that add one to a file that has one leave two.
        while rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        bytes = rest
    }

    /// The bytes of a file that somebody wrote.
    ///
    /// - Throws: ``Unreadable`` where there is no such file, or it is too large to be one.
    package static func contents(of path: String) throws(Unreadable) -> Data {
        guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.read(upToCount: largestText + 1)
        else {
            // Nothing is read of an empty file.
            if let empty = FileManager.default.contents(atPath: path) { return empty }
            throw Unreadable(path)
        }
        guard data.count <= largestText else {
            throw Unreadable(message: "\(path) is larger than \(largestText >> 20) MiB: nobody wrote that by hand")
        }
        return data
    }

    /// The text, each of its line breaks an LF.
    ///
    /// - Throws: the place of what is not UTF-8, or of a NUL character.
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

    /// The first thing that is no text.
    private var fault: Diagnostic {
        var (iterator, decoder, mark, previous) = (bytes.makeIterator(), UTF8(), Mark.start, Unicode.Scalar(0x20))
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            switch scalar {
            case "\0":
                return Diagnostic(
                    file: file, line: mark.line, column: mark.column,
                    message: "a NUL character; a text file has none: save it as UTF-8")
            case "\n" where previous == "\r": break
            case "\n", "\r": mark = Mark(line: mark.line + 1, column: 1)
            default: mark.column += 1
            }
            previous = scalar
        }
        return Diagnostic(
            file: file, line: mark.line, column: mark.column, message: "the file is not UTF-8; save it as UTF-8")
    }

    /// What a byte order mark says, or zeros between characters of ASCII do.
    private static func wideEncoding(_ data: Data) -> String? {
        let start = Array(data.prefix(4))
        if start == [0xFF, 0xFE, 0, 0] || start == [0, 0, 0xFE, 0xFF] { return "UTF-32" }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        let zeros = start.map { $0 == 0 }
        return zeros == [false, true, false, true] || zeros == [true, false, true, false] ? "UTF-16" : nil
    }
}
