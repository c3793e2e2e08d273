/// Reads little-endian numbers from bytes that may be truncated.
struct LittleEndianReader {
    /// The bytes end too early.
    struct End: Error {}

    private let bytes: [UInt8]
    private(set) var offset: Int

    init(_ bytes: [UInt8], from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func take(_ count: Int) throws(End) -> ArraySlice<UInt8> {
        guard count >= 0, offset >= 0, offset <= bytes.count, count <= bytes.count - offset else { throw End() }
        defer { offset += count }
        return bytes[offset..<(offset + count)]
    }

    mutating func skip(_ count: Int) throws(End) { _ = try take(count) }

    /// An unsigned number of up to eight bytes, clamped to the largest `Int`.
    mutating func number(_ width: Int) throws(End) -> Int {
        Int(clamping: try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// The text up to the next line break, which is skipped.
    mutating func line() throws(End) -> String {
        guard offset <= bytes.count, let end = bytes[offset...].firstIndex(of: 0x0A) else { throw End() }
        let text = String(decoding: try take(end - offset), as: UTF8.self)
        try skip(1)
        return text
    }
}
