import OrderedCollections

/// One line of JSON Lines: an object's fields in order, numbers as they were written.
///
/// Foundation's decoders turn `1.50` into 1.5 and tell no position, so this is a reader of its own. It checks
/// the whole line, and keeps what is nested only as "a list" or "an object".
struct JSONRecord {
    enum Value: Equatable {
        case string(String)
        case number(String)
        case bool, null, list, object

        /// What messages call it.
        var found: String {
            switch self {
            case .string(let text): "the text \(quoted(text))"
            case .number(let text): "the number \(text)"
            case .bool: "a truth value"
            case .null: "null"
            case .list: "a list"
            case .object: "an object"
            }
        }
    }

    /// What is wrong with a line, and the byte where it shows.
    struct Fault: Error, Equatable {
        var offset: Int
        var message: String
    }

    var fields: OrderedDictionary<String, Value> = [:]

    init(_ line: UnsafeBufferPointer<UInt8>) throws(Fault) {
        var reader = JSONReader(bytes: line)
        reader.skipSpace()
        guard reader.peek == UInt8(ascii: "{") else {
            let start = reader.offset
            let value = try reader.value(depth: 0)
            throw Fault(offset: start, message: "expected a JSON object, found \(value.found)")
        }
        var fields: OrderedDictionary<String, Value> = [:]
        try reader.object(depth: 0) { name, value, offset throws(Fault) in
            guard fields.updateValue(value, forKey: name) == nil else {
                throw Fault(offset: offset, message: "duplicate field '\(name)'")
            }
        }
        try reader.end()
        self.fields = fields
    }
}

/// A strict JSON reader (RFC 8259) over bytes.
private struct JSONReader {
    typealias Value = JSONRecord.Value
    typealias Fault = JSONRecord.Fault

    private static let deepest = 128

    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var offset = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    func end() throws(Fault) {
        var rest = self
        rest.skipSpace()
        if rest.peek != nil { throw rest.unexpected("the end of the line") }
    }

    mutating func value(depth: Int) throws(Fault) -> Value {
        guard depth < Self.deepest else {
            throw Fault(offset: offset, message: "not JSON: nested too deeply")
        }
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            try object(depth: depth) { (_, _, _) throws(Fault) in }
            return .object
        case UInt8(ascii: "["):
            try list(depth: depth)
            return .list
        case UInt8(ascii: "t"): return try word("true", .bool)
        case UInt8(ascii: "f"): return try word("false", .bool)
        case UInt8(ascii: "n"): return try word("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return .number(try number())
        default: throw unexpected("a value")
        }
    }

    mutating func object(
        depth: Int, _ take: (_ name: String, _ value: Value, _ offset: Int) throws(Fault) -> Void
    ) throws(Fault) {
        offset += 1
        skipSpace()
        if skip("}") { return }
        while true {
            let start = offset
            guard peek == UInt8(ascii: "\"") else { throw unexpected("a field name in double quotes") }
            let name = try string()
            skipSpace()
            guard skip(":") else { throw unexpected("':'") }
            skipSpace()
            try take(name, try value(depth: depth + 1), start)
            skipSpace()
            if skip("}") { return }
            guard skip(",") else { throw unexpected("',' or '}'") }
            skipSpace()
        }
    }

    private mutating func list(depth: Int) throws(Fault) {
        offset += 1
        skipSpace()
        if skip("]") { return }
        while true {
            _ = try value(depth: depth + 1)
            skipSpace()
            if skip("]") { return }
            guard skip(",") else { throw unexpected("',' or ']'") }
            skipSpace()
        }
    }

    private mutating func word(_ word: StaticString, _ value: Value) throws(Fault) -> Value {
        for i in 0..<word.utf8CodeUnitCount {
            guard offset + i < bytes.count, bytes[offset + i] == word.utf8Start[i] else {
                throw unexpected("a value")
            }
        }
        offset += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(Fault) -> String {
        let start = offset
        _ = skip("-")
        if !skip("0") { try digits() }
        if skip(".") { try digits() }
        if skip("e") || skip("E") {
            if !skip("+") { _ = skip("-") }
            try digits()
        }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    private mutating func digits() throws(Fault) {
        let start = offset
        while let digit = peek, (0x30...0x39).contains(digit) { offset += 1 }
        if offset == start { throw unexpected("a digit") }
    }

    private mutating func string() throws(Fault) -> String {
        offset += 1
        let start = offset
        skipPlainText()
        if peek == UInt8(ascii: "\"") {
            offset += 1
            return try text(UnsafeBufferPointer(rebasing: bytes[start..<(offset - 1)]), from: start)
        }
        // With escapes: the pieces between them are copied.
        var unescaped = Array(bytes[start..<offset])
        while true {
            switch peek {
            case nil: throw unexpected("'\"'")
            case UInt8(ascii: "\""):
                offset += 1
                return try text(unescaped, from: start)
            case UInt8(ascii: "\\"): try escape(into: &unescaped)
            case .some: throw Fault(offset: offset, message: "not JSON: a control character in a string")
            }
            let piece = offset
            skipPlainText()
            unescaped.append(contentsOf: bytes[piece..<offset])
        }
    }

    /// Goes on to the next quote, backslash or control character.
    private mutating func skipPlainText() {
        var at = offset
        while at < bytes.count {
            let byte = bytes[at]
            if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
            at += 1
        }
        offset = at
    }

    private func text(_ utf8: some Collection<UInt8>, from start: Int) throws(Fault) -> String {
        guard let text = String(validating: utf8, as: UTF8.self) else {
            throw Fault(offset: start, message: "not UTF-8")
        }
        return text
    }

    private mutating func escape(into text: inout [UInt8]) throws(Fault) {
        let start = offset
        offset += 1
        guard let letter = peek else { throw unexpected("an escape") }
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var units = [try hexUnit()]
            if UTF16.isLeadSurrogate(units[0]), offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                bytes[offset + 1] == UInt8(ascii: "u")
            {
                offset += 2
                units.append(try hexUnit())
            }
            guard let decoded = String(validating: units, as: UTF16.self) else {
                throw Fault(offset: start, message: "half of a surrogate pair")
            }
            text.append(contentsOf: decoded.utf8)
        default: throw Fault(offset: start, message: "not JSON: an unknown escape")
        }
    }

    private mutating func hexUnit() throws(Fault) -> UInt16 {
        guard offset + 4 <= bytes.count,
            let unit = UInt16(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16),
            bytes[offset] != UInt8(ascii: "+")
        else { throw unexpected("four hexadecimal digits") }
        offset += 4
        return unit
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private func unexpected(_ what: String) -> Fault {
        guard offset < bytes.count else {
            return Fault(offset: offset, message: "not JSON: expected \(what), found the end of the line")
        }
        let rest = String(decoding: bytes[offset..<min(bytes.count, offset + 4)], as: UTF8.self)
        let found = rest.first.map { $0 == "\"" ? "'\"'" : "'\($0)'" } ?? "nothing"
        return Fault(offset: offset, message: "not JSON: expected \(what), found \(found)")
    }
}
