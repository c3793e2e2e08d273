/// Reads numbers, least significant byte first, off bytes that may end anywhere.
struct LittleEndianReader {
    /// The bytes end before what was to be read.
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

    /// A number of up to eight bytes without a sign; one that is too large for `Int` is the largest.
    mutating func number(_ width: Int) throws(End) -> Int {
        Int(clamping: try take(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// Up to the next line break, which is skipped.
    mutating func line() throws(End) -> String {
        guard offset <= bytes.count, let end = bytes[offset...].firstIndex(of: 0x0A) else { throw End() }
        let text = String(decoding: try take(end - offset), as: UTF8.self)
        try skip(1)
        return text
    }
}
