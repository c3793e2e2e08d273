import Support

/// The records of one JSON document: a list of objects, or an object that contains exactly one such list.
struct JSONScanner: RecordScanner {
    private enum State { case unopened, beforeFirst, afterOne, ended }

    private var reader: JSONReader
    private var lines: LineCounter
    private var state = State.unopened
    /// Whether the list is in an object, whose remaining fields have been read already.
    private var isInObject = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        reader = JSONReader(bytes: bytes, whole: "file")
        lines = LineCounter(bytes)
    }

    mutating func next(isWanted: Bool) throws(RecordFault) -> ScannedRecord? {
        do throws(JSONReader.Fault) {
            if state == .unopened { try open() }
            guard state != .ended, try !isAtEnd() else { return nil }
            let start = reader.offset
            reader.isKeeping = isWanted
            let value = try reader.value()
            state = .afterOne
            guard isWanted else { return .unread }
            guard case .object(let fields) = value else {
                return .fault(lines.fault("expected a JSON object, found \(value.found)", at: start))
            }
            return .record(Record(fields: fields), line: lines.line(of: start))
        } catch {
            state = .ended
            throw lines.fault(error.message, at: error.offset)
        }
    }

    /// Advances to the first record; returns whether there is none.
    private mutating func isAtEnd() throws(JSONReader.Fault) -> Bool {
        reader.skipSpace()
        if reader.skip("]") {
            state = .ended
            if !isInObject { try reader.end() }
            return true
        }
        if state == .afterOne {
            guard reader.skip(",") else { throw reader.unexpected("',' or ']'") }
            reader.skipSpace()
        }
        return false
    }

    private mutating func open() throws(JSONReader.Fault) {
        reader.skipSpace()
        state = .beforeFirst
        switch reader.peek {
        case nil: state = .ended
        case UInt8(ascii: "{"):
            reader = try listOfObjects()
            isInObject = true
        case UInt8(ascii: "["): break
        default:
            let start = reader.offset
            let found = try reader.value().found
            throw JSONReader.Fault(offset: start, message: "expected a list of objects, found \(found)")
        }
        _ = reader.skip("[")
    }

    /// A reader at the only list of objects among the values of this object.
    private func listOfObjects() throws(JSONReader.Fault) -> JSONReader {
        var reader = reader
        let start = reader.offset
        var lists: [(name: String, reader: JSONReader)] = []
        reader.isKeeping = false
        try reader.object { (reader, name, _) throws(JSONReader.Fault) in
            var inside = reader
            if inside.skip("[") {
                inside.skipSpace()
                if inside.peek == UInt8(ascii: "{") { lists.append((name, reader)) }
            }
            _ = try reader.value()
        }
        reader.skipSpace()
        if reader.peek == UInt8(ascii: "{") {
            throw JSONReader.Fault(
                offset: reader.offset, message: "a second object; for one object per line, set 'format: jsonl'")
        }
        try reader.end()
        guard lists.count == 1 else {
            let names = lists.map { "'\($0.name)'" }.joined(separator: ", ")
            let found =
                lists.isEmpty ? "an object without one" : "an object with several: \(names); keep one of them"
            throw JSONReader.Fault(offset: start, message: "expected one list of objects, found \(found)")
        }
        return lists[0].reader
    }
}
