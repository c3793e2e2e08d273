/// Reads the records of a file in order.
protocol RecordScanner {
    /// The next record; nil at the end.
    ///
    /// - Parameter isWanted: the content of unwanted records is skipped.
    /// - Throws: a fault of the whole file, after which there is no next record.
    mutating func next(isWanted: Bool) throws(RecordFault) -> ScannedRecord?
}

package enum ScannedRecord {
    case unread
    case record(Record, line: Int)
    /// A fault of this record alone.
    case fault(RecordFault)
}

/// A fault in a file and its place: line and column from 1, columns in Unicode scalars.
package struct RecordFault: Error, Equatable {
    package var line: Int
    package var column: Int?
    package var message: String
    package var sourceLine: String?
}

/// Finds lines and columns of bytes. It only moves forward, so that a file is read once.
struct LineCounter {
    /// Longer lines are not shown: they are whole files without line breaks.
    private static let longestShown = 1 << 16

    private let bytes: UnsafeBufferPointer<UInt8>
    private var line: Int
    private var lineStart = 0
    private var offset = 0

    /// - Parameter line: of the first byte.
    init(_ bytes: UnsafeBufferPointer<UInt8>, from line: Int = 1) {
        self.bytes = bytes
        self.line = line
    }

    /// - Parameter offset: not before that of an earlier call.
    mutating func line(of offset: Int) -> Int {
        while self.offset < offset {
            let byte = bytes[self.offset]
            self.offset += 1
            let next = self.offset < bytes.count ? bytes[self.offset] : 0
            if byte == 0x0A || byte == 0x0D && next != 0x0A {
                line += 1
                lineStart = self.offset
            }
        }
        return line
    }

    mutating func fault(_ message: String, at offset: Int) -> RecordFault {
        let offset = min(offset, bytes.count)
        let line = line(of: offset)
        let before = String(decoding: bytes[lineStart..<offset], as: UTF8.self)
        let end = bytes[offset...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        let source =
            end - lineStart <= Self.longestShown
            ? String(decoding: bytes[lineStart..<end], as: UTF8.self) : nil
        return RecordFault(line: line, column: before.unicodeScalars.count + 1, message: message, sourceLine: source)
    }
}
