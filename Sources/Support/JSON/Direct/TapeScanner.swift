/// Scans a JSON text into the values of a ``JSONTape``.
struct TapeScanner {
    typealias Kind = JSONTape.Kind

    private let bytes: UnsafeBufferPointer<UInt8>
    private(set) var values: [JSONTape.Value] = []
    private var place = 0
    private var isASCII = true

    private static let deepest = 64

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // Enough for a line of a journal; with its header less than 1 KiB, which malloc has at hand.
        values.reserveCapacity(60)
    }

    /// - Returns: false if it is not JSON, or JSON with something that readers disagree about.
    mutating func scanAll() -> Bool {
        skipSpace()
        guard scan(depth: 0) else { return false }
        skipSpace()
        return place == bytes.count && (isASCII || String(validating: bytes, as: UTF8.self) != nil)
    }

    private mutating func scan(depth: Int) -> Bool {
        guard depth < Self.deepest, place < bytes.count else { return false }
        switch bytes[place] {
        case UInt8(ascii: "\""): return scanString(isName: false)
        case UInt8(ascii: "{"): return scanObject(depth: depth)
        case UInt8(ascii: "["): return scanList(depth: depth)
        case UInt8(ascii: "n"): return scanWord("null", .null)
        case UInt8(ascii: "t"): return scanWord("true", .yes)
        case UInt8(ascii: "f"): return scanWord("false", .no)
        default: return scanNumber()
        }
    }

    private mutating func scanObject(depth: Int) -> Bool {
        let object = open(.object)
        if skip("}") { return close(object) }
        while true {
            guard scanString(isName: true) else { return false }
            skipSpace()
            guard skip(":") else { return false }
            skipSpace()
            guard scan(depth: depth + 1) else { return false }
            skipSpace()
            if skip("}") { return close(object) }
            guard skip(",") else { return false }
            skipSpace()
        }
    }

    private mutating func scanList(depth: Int) -> Bool {
        let list = open(.list)
        if skip("]") { return close(list) }
        while true {
            guard scan(depth: depth + 1) else { return false }
            skipSpace()
            if skip("]") { return close(list) }
            guard skip(",") else { return false }
            skipSpace()
        }
    }

    private mutating func open(_ kind: Kind) -> Int {
        add(kind, from: place, to: place)
        place += 1
        skipSpace()
        return values.count - 1
    }

    private mutating func close(_ index: Int) -> Bool {
        values[index].next = UInt32(values.count)
        return true
    }

    private mutating func add(_ kind: Kind, from start: Int, to end: Int) {
        values.append(
            JSONTape.Value(kind: kind, start: UInt32(start), end: UInt32(end), next: UInt32(values.count + 1)))
    }

    private mutating func scanWord(_ word: StaticString, _ kind: Kind) -> Bool {
        let end = place + word.utf8CodeUnitCount
        guard end <= bytes.count,
            bytes[place..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { return false }
        add(kind, from: place, to: end)
        place = end
        return true
    }

    private mutating func scanNumber() -> Bool {
        let start = place
        var kind = Kind.integer
        _ = skip("-")
        if !skip("0"), !skipDigits() { return false }
        if skip(".") {
            kind = .number
            if !skipDigits() { return false }
        }
        if skip("e") || skip("E") {
            kind = .number
            if !skip("+") { _ = skip("-") }
            if !skipDigits() { return false }
        }
        add(kind, from: start, to: place)
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = place
        while place < bytes.count, bytes[place] &- 0x30 < 10 { place += 1 }
        return place > start
    }

    private mutating func scanString(isName: Bool) -> Bool {
        guard skip("\"") else { return false }
        let start = place
        var kind = Kind.string
        var place = place
        while place < bytes.count {
            if skipPlain(&place) { continue }
            let byte = bytes[place]
            if byte == UInt8(ascii: "\"") {
                add(kind, from: start, to: place)
                self.place = place + 1
                return true
            }
            if byte == UInt8(ascii: "\\") {
                // A name with an escape is not found by its bytes.
                guard !isName, let end = Self.escape(in: bytes, at: place)?.end else { return false }
                kind = .escaped
                place = end
                continue
            }
            guard byte >= 0x20 else { return false }
            if byte >= 0x80 { isASCII = false }
            place += 1
        }
        return false
    }

    /// Skips eight bytes at once if they mean nothing but themselves.
    private mutating func skipPlain(_ place: inout Int) -> Bool {
        guard place + 8 <= bytes.count, let base = bytes.baseAddress else { return false }
        let word = UnsafeRawPointer(base + place).loadUnaligned(as: UInt64.self)
        // The highest bit of a byte is set if any byte so far is less.
        func less(_ word: UInt64, than byte: UInt64) -> UInt64 { (word &- Self.each &* byte) & ~word }
        let (quotes, backslashes) = (word ^ Self.each &* 0x22, word ^ Self.each &* 0x5C)
        let special = less(word, than: 0x20) | less(quotes, than: 1) | less(backslashes, than: 1)
        guard special & Self.highest == 0 else { return false }
        if word & Self.highest != 0 { isASCII = false }
        place += 8
        return true
    }

    private static let each: UInt64 = 0x0101_0101_0101_0101
    private static let highest = each &* 0x80

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard place < bytes.count, bytes[place] == UInt8(ascii: character) else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() {
        while place < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[place]) { place += 1 }
    }

    /// The character of an escape, and where it ends.
    static func escape(
        in bytes: UnsafeBufferPointer<UInt8>, at place: Int
    ) -> (scalar: Unicode.Scalar, end: Int)? {
        guard place + 1 < bytes.count else { return nil }
        switch bytes[place + 1] {
        case UInt8(ascii: "\""): return ("\"", place + 2)
        case UInt8(ascii: "\\"): return ("\\", place + 2)
        case UInt8(ascii: "/"): return ("/", place + 2)
        case UInt8(ascii: "b"): return ("\u{8}", place + 2)
        case UInt8(ascii: "f"): return ("\u{c}", place + 2)
        case UInt8(ascii: "n"): return ("\n", place + 2)
        case UInt8(ascii: "r"): return ("\r", place + 2)
        case UInt8(ascii: "t"): return ("\t", place + 2)
        case UInt8(ascii: "u"):
            guard let unit = unit(in: bytes, at: place + 2) else { return nil }
            if let scalar = Unicode.Scalar(unit) { return (scalar, place + 6) }
            // Half of a pair without the other is nothing to all readers.
            guard UTF16.isLeadSurrogate(unit), place + 7 < bytes.count, bytes[place + 6] == UInt8(ascii: "\\"),
                bytes[place + 7] == UInt8(ascii: "u"), let other = Self.unit(in: bytes, at: place + 8),
                UTF16.isTrailSurrogate(other)
            else { return nil }
            return (UTF16.decode(UTF16.EncodedScalar([unit, other])), place + 12)
        default: return nil
        }
    }

    /// Four hexadecimal digits.
    private static func unit(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> UInt16? {
        guard place + 4 <= bytes.count else { return nil }
        var unit: UInt16 = 0
        for byte in bytes[place..<(place + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
