import Support

/// The records of JSON Lines: one object per line, ended by LF, CRLF or CR; blank lines are ignored.
package struct JSONLinesScanner: RecordScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var start = 0
    /// The next line feed, or the end; cached, also if there is none.
    private var lineFeed = -1
    private var line = 0
    private var isFirst = true

    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    package mutating func next(isWanted: Bool) throws(RecordFault) -> ScannedRecord? {
        while start < bytes.count {
            if lineFeed < start { lineFeed = bytes.next(0x0A, from: start) ?? bytes.count }
            let end = bytes.next(0x0D, from: start, to: lineFeed) ?? lineFeed
            let text = UnsafeBufferPointer(rebasing: bytes[start..<end])
            start = end + (end + 1 == lineFeed ? 2 : 1)
            line += 1
            guard text.contains(where: { $0 != 0x20 && $0 != 0x09 }) else { continue }
            if isFirst, text.first == UInt8(ascii: "[") {
                throw RecordFault(
                    line: line, column: 1,
                    message:
                        "found a JSON list, but JSON Lines need one object per line; for a list, set 'format: json'")
            }
            isFirst = false
            return isWanted ? read(text) : .unread
        }
        return nil
    }

    private func read(_ text: UnsafeBufferPointer<UInt8>) -> ScannedRecord {
        var lines = LineCounter(text, from: line)
        var reader = JSONReader(bytes: text, whole: "line")
        do throws(JSONReader.Fault) {
            reader.skipSpace()
            let start = reader.offset
            let value = try reader.value()
            guard case .object(let fields) = value else {
                return .fault(lines.fault("expected a JSON object, found \(value.found)", at: start))
            }
            try reader.end()
            return .record(Record(fields: fields), line: line)
        } catch {
            return .fault(lines.fault(error.message, at: error.offset))
        }
    }
}
