/// The JSON that a ``DirectEncoder`` writes: one line, sorted keys.
///
/// Objects stand in it as their fields came. Only where those were not in the order of their keys, they are put in order at the end.
final class JSONSink {
    private enum Kind { case nothing, value, list, object }

    /// A value that is being written.
    private struct Frame {
        var kind = Kind.nothing
        var start: Int
        var firstField: Int
        var isSorted = true
    }

    /// `"key":value`
    private struct Field {
        var key: String
        var start: Int
        var end: Int
    }

    @exclusivity(unchecked) private(set) var bytes: [UInt8] = []
    /// Whether Foundation might write something else, or nothing.
    @exclusivity(unchecked) private(set) var isUnsure = false
    @exclusivity(unchecked) private var frames: [Frame] = []
    /// Of all objects that are being written, the innermost last.
    @exclusivity(unchecked) private var fields: [Field] = []

    init() { bytes.reserveCapacity(1024) }

    // MARK: Values

    func write<Value: Encodable>(_ value: Value) throws {
        if Value.self == [Int].self, let numbers = value as? [Int] { return list(of: numbers) { integer($0) } }
        if Foreign.contains(Value.self) { return giveUp() }
        try value.encode(to: DirectEncoder(self, frame: begin()))
        end()
    }

    func list<Value>(of values: [Value], _ write: (Value) throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "["))
        for (place, value) in values.enumerated() {
            if place > 0 { bytes.append(UInt8(ascii: ",")) }
            try write(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// - Parameter write: writes the fields between the braces.
    func braced(_ write: () throws -> Void) rethrows {
        bytes.append(UInt8(ascii: "{"))
        try write()
        bytes.append(UInt8(ascii: "}"))
    }

    /// A field's name, which needs no escapes, up to its value.
    func name(_ name: StaticString, isFirst: Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    func null() { bytes.append(contentsOf: "null".utf8) }

    func bool(_ value: Bool) { bytes.append(contentsOf: (value ? "true" : "false").utf8) }

    func integer(_ value: some FixedWidthInteger) { bytes.append(contentsOf: String(value).utf8) }

    func number(_ value: Double) {
        if !value.isFinite { giveUp() }
        let digits = value.description.utf8
        bytes.append(contentsOf: digits.suffix(2).elementsEqual(".0".utf8) ? digits.dropLast(2) : digits[...])
    }

    func string(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.append(UInt8(ascii: "\""))
            var done = 0
            for (place, byte) in utf8.enumerated() where byte < 0x20 || byte == 0x22 || byte == 0x5C {
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[done..<place]))
                bytes.append(contentsOf: Self.escape(byte).utf8)
                done = place + 1
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[done...]))
            bytes.append(UInt8(ascii: "\""))
        }
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case UInt8(ascii: "\n"): #"\n"#
        case UInt8(ascii: "\""): #"\""#
        case UInt8(ascii: "\\"): #"\\"#
        case UInt8(ascii: "\t"): #"\t"#
        case UInt8(ascii: "\r"): #"\r"#
        case 0x08: #"\b"#
        case 0x0C: #"\f"#
        default: (byte < 0x10 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)
        }
    }

    /// Leaves everything to Foundation.
    func giveUp() { isUnsure = true }

    // MARK: Frames

    /// Begins a value.
    ///
    /// - Returns: its frame.
    func begin() -> Int {
        frames.append(Frame(start: bytes.count, firstField: fields.count))
        return frames.count - 1
    }

    /// The frame becomes a single value.
    func beginValue(_ frame: Int) { turn(frame, to: .value) }

    func beginList(_ frame: Int) {
        turn(frame, to: .list)
        bytes.append(UInt8(ascii: "["))
    }

    /// Several containers of an encoder write fields of the same object.
    func beginObject(_ frame: Int) {
        if frame == frames.count - 1, frames[frame].kind == .object { return }
        turn(frame, to: .object)
        bytes.append(UInt8(ascii: "{"))
    }

    private func turn(_ frame: Int, to kind: Kind) {
        guard frame == frames.count - 1, frames[frame].kind == .nothing else { return giveUp() }
        frames[frame].kind = kind
    }

    func element(_ frame: Int, _ write: () throws -> Void) rethrows {
        guard frame == frames.count - 1 else { return giveUp() }
        if bytes.count > frames[frame].start + 1 { bytes.append(UInt8(ascii: ",")) }
        try write()
    }

    func field(_ key: String, _ frame: Int, _ write: () throws -> Void) rethrows {
        guard frame == frames.count - 1 else { return giveUp() }
        if fields.count > frames[frame].firstField {
            bytes.append(UInt8(ascii: ","))
            if !fields[fields.count - 1].key.precedes(key) { frames[frame].isSorted = false }
        }
        let start = bytes.count
        string(key)
        bytes.append(UInt8(ascii: ":"))
        try write()
        fields.append(Field(key: key, start: start, end: bytes.count))
    }

    private func end() {
        let frame = frames.removeLast()
        switch frame.kind {
        case .nothing: giveUp()
        case .value: break
        case .list: bytes.append(UInt8(ascii: "]"))
        case .object:
            if !frame.isSorted { sort(frame) }
            fields.removeSubrange(frame.firstField...)
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private func sort(_ frame: Frame) {
        let sorted = fields[frame.firstField...].sorted { $0.key.precedes($1.key) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count - frame.start)
        for (place, field) in sorted.enumerated() {
            if place > 0 {
                // Of two values for a key, Foundation keeps the last.
                if sorted[place - 1].key == field.key { giveUp() }
                text.append(UInt8(ascii: ","))
            }
            text.append(contentsOf: bytes[field.start..<field.end])
        }
        bytes.replaceSubrange((frame.start + 1)..., with: text)
    }
}

extension String {
    /// Whether its UTF-8 comes before that of another.
    fileprivate func precedes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
