import Support

/// A YAML value with its place and style.
package struct YAMLNode: Sendable, Equatable {
    package enum Content: Sendable, Equatable {
        case scalar(YAMLScalar)
        case sequence([YAMLNode])
        case mapping([YAMLEntry])
    }

    package var mark: Mark
    package var content: Content
}

/// A key of a mapping and its value.
package struct YAMLEntry: Sendable, Equatable {
    package var key: String
    package var keyMark: Mark
    package var value: YAMLNode
}

/// The text of a scalar and whether it was quoted: plain `3` is a number, `"3"` is text.
package struct YAMLScalar: Sendable, Equatable {
    package enum Style: Sendable { case plain, singleQuoted, doubleQuoted, literal, folded }

    package var text: String
    package var style: Style

    package init(text: String, style: Style) {
        (self.text, self.style) = (text, style)
    }

    /// The meaning of a scalar in the core schema of YAML 1.2, where `yes`, `no`, `on` and `off` are text.
    package enum Meaning: Sendable, Equatable {
        case null
        case bool(Bool)
        case integer
        case float
        case text
    }

    package var meaning: Meaning {
        guard style == .plain else { return .text }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", ".nan", ".NaN",
            ".NAN":
            return .float
        default: break
        }
        if digitsOfAnotherRadix != nil { return .integer }
        return Self.decimal(text)
    }

    /// Reads `[-+]?[0-9]+` as an integer and `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` as a float.
    private static func decimal(_ text: String) -> Meaning {
        var rest = text.utf8[...]
        func skip(_ characters: String) -> Bool {
            guard let first = rest.first, characters.utf8.contains(first) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func digits() -> Bool {
            let count = rest.count
            rest = rest.drop { (0x30...0x39).contains($0) }
            return rest.count < count
        }
        _ = skip("+-")
        let hasWhole = digits()
        if hasWhole, rest.isEmpty { return .integer }
        let hasPoint = skip(".")
        let hasFraction = hasPoint && digits()
        guard hasWhole || hasFraction else { return .text }
        if skip("eE") {
            _ = skip("+-")
            guard digits() else { return .text }
        }
        return rest.isEmpty ? .float : .text
    }

    /// The number of a plain scalar; infinity or NaN if it is not finite.
    var number: Double? {
        switch meaning {
        case .integer:
            if let (digits, radix) = digitsOfAnotherRadix {
                return UInt64(digits, radix: radix).map { Double($0) }
            }
            return Double(text)
        case .float:
            let lower = text.lowercased()
            if lower.hasSuffix("inf") { return lower.hasPrefix("-") ? -.infinity : .infinity }
            if lower.hasSuffix("nan") { return .nan }
            return Double(lower.hasSuffix(".") ? lower + "0" : lower.replacing(".e", with: ".0e"))
        default: return nil
        }
    }

    /// The integer of a plain scalar; nil if it is not one or does not fit.
    func integer<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
        guard meaning == .integer else { return nil }
        if let (digits, radix) = digitsOfAnotherRadix { return Number(digits, radix: radix) }
        return Number(text)
    }

    private var digitsOfAnotherRadix: (digits: Substring, radix: Int)? {
        let digits = text.dropFirst(2)
        if text.hasPrefix("0x"), !digits.isEmpty, digits.allSatisfy({ $0.isHexDigit && $0.isASCII }) {
            return (digits, 16)
        }
        if text.hasPrefix("0o"), !digits.isEmpty, digits.allSatisfy({ ("0"..."7").contains($0) }) {
            return (digits, 8)
        }
        return nil
    }
}
