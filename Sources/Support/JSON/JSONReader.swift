import OrderedCollections

/// A JSON reader (RFC 8259) over bytes. It also reads Python's `NaN` and `Infinity`, and can be as lenient as Python
/// otherwise.
///
/// Foundation's decoders turn `1.50` into 1.5 and report no positions.
package struct JSONReader {
    /// An error and the byte where it shows.
    package struct Fault: Error, Equatable {
        package var offset: Int
        package var message: String

        package init(offset: Int, message: String) {
            self.offset = offset
            self.message = message
        }
    }

    package enum Dialect {
        case strict
        /// Accepts what `json.loads` accepts: duplicate fields, halves of surrogate pairs.
        case python
    }

    private static let deepest = 128

    private let bytes: UnsafeBufferPointer<UInt8>
    /// Name of the input in messages: a line or a file.
    private let whole: String
    private let dialect: Dialect
    package private(set) var offset = 0
    /// Whether lists and objects are kept; otherwise they are checked and returned empty.
    package var isKeeping = true

    package init(bytes: UnsafeBufferPointer<UInt8>, whole: String, dialect: Dialect = .strict) {
        self.bytes = bytes
        self.whole = whole
        self.dialect = dialect
    }

    package var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    package mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    package func end() throws(Fault) {
        var rest = self
        rest.skipSpace()
        if rest.peek != nil { throw rest.unexpected("the end of the \(whole)") }
    }

    package mutating func value() throws(Fault) -> JSONValue { try value(depth: 0) }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard depth < Self.deepest else {
            throw Fault(offset: offset, message: "not JSON: nested too deeply")
        }
        switch peek {
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "{"):
            return .object(try fields(depth: depth))
        case UInt8(ascii: "["):
            return .list(try list(depth: depth))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .notANumber("NaN"))
        case UInt8(ascii: "I"): return try word("Infinity", .notANumber("Infinity"))
        case UInt8(ascii: "-") where offset + 1 < bytes.count && bytes[offset + 1] == UInt8(ascii: "I"):
            return try word("-Infinity", .notANumber("-Infinity"))
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            return .number(try number())
        default: throw unexpected("a value")
        }
    }

    /// Reads the fields of an object. `read` consumes the value of the field whose name starts at `start`.
    package mutating func object(
        _ read: (_ reader: inout JSONReader, _ name: String, _ start: Int) throws(Fault) -> Void
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
            try read(&self, name, start)
            skipSpace()
            if skip("}") { return }
            guard skip(",") else { throw unexpected("',' or '}'") }
            skipSpace()
        }
    }

    private mutating func fields(depth: Int) throws(Fault) -> OrderedDictionary<String, JSONValue> {
        var fields: OrderedDictionary<String, JSONValue> = [:]
        try object { (reader, name, start) throws(Fault) in
            let value = try reader.value(depth: depth + 1)
            guard reader.isKeeping else { return }
            guard fields.updateValue(value, forKey: name) == nil || reader.dialect == .python else {
                throw Fault(offset: start, message: "duplicate field '\(name)'")
            }
        }
        return fields
    }

    private mutating func list(depth: Int) throws(Fault) -> [JSONValue] {
        var elements: [JSONValue] = []
        offset += 1
        skipSpace()
        if skip("]") { return elements }
        while true {
            let value = try value(depth: depth + 1)
            if isKeeping { elements.append(value) }
            skipSpace()
            if skip("]") { return elements }
            guard skip(",") else { throw unexpected("',' or ']'") }
            skipSpace()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
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
        // With escapes: copy the pieces between them.
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

    /// Advances to the next quote, backslash or control character.
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
            guard dialect == .python || String(validating: units, as: UTF16.self) != nil else {
                throw Fault(offset: start, message: "half of a surrogate pair")
            }
            text.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
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

    package mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    package func unexpected(_ what: String) -> Fault {
        guard offset < bytes.count else {
            return Fault(offset: offset, message: "not JSON: expected \(what), found the end of the \(whole)")
        }
        let rest = String(decoding: bytes[offset..<min(bytes.count, offset + 4)], as: UTF8.self)
        let found = rest.first.map { $0 == "\"" ? "'\"'" : "'\($0)'" } ?? "nothing"
        return Fault(offset: offset, message: "not JSON: expected \(what), found \(found)")
    }
}
