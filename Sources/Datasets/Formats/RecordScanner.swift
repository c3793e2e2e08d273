import Foundation

/// Goes through the records of a file, from the first to the last.
protocol RecordScanner {
    /// The next record; nil at the end.
    ///
    /// - Parameter isWanted: what is in a record that is not wanted is not looked at.
    /// - Throws: what is wrong with the file as a whole, after which there is no next record.
    mutating func next(isWanted: Bool) throws(RecordFault) -> ScannedRecord?
}

package enum ScannedRecord {
    case unread
    case record(Record, line: Int)
    /// What is wrong with this record alone.
    case fault(RecordFault)
}

/// What is wrong with a file, and where it shows: line and column from 1, columns in Unicode scalars.
package struct RecordFault: Error, Equatable {
    package var line: Int
    package var column: Int?
    package var message: String
    package var sourceLine: String?
}

/// Tells the lines and columns of bytes. It goes forward only, so that a file is gone through once.
struct LineCounter {
    /// A longer line is not shown: it is a whole file written without line breaks.
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

extension UnsafeBufferPointer<UInt8> {
    /// Where a byte stands next before an end, which is that of all where none is given; nil where it does not.
    package func next(_ byte: UInt8, from start: Int, to end: Int? = nil) -> Int? {
        let end = end ?? count
        guard start < end, let base = baseAddress, let found = memchr(base + start, Int32(byte), end - start)
        else { return nil }
        return UnsafeRawPointer(found) - UnsafeRawPointer(base)
    }
}
