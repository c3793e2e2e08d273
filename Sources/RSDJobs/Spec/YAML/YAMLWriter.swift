/// Writes scalars so that they read back as the same values.
enum YAMLWriter {
    /// Text, plain where YAML takes it for nothing else.
    static func text(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                    || "_./-".unicodeScalars.contains($0))
        }
        let first = text.unicodeScalars.first
        return isPlain && first != "-" && first != "."
            && YAMLScalar(text: text, style: .plain).meaning == .text ? text : quoted(text)
    }

    /// Text in double quotes, on one line.
    static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\t": out += "\\t"
            case "\r": out += "\\r"
            case "\0": out += "\\0"
            default:
                if isPrintable(scalar) {
                    out.unicodeScalars.append(scalar)
                } else {
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    out += scalar.value <= 0xFF ? "\\x" : "\\u"
                    out += String(repeating: "0", count: (scalar.value <= 0xFF ? 2 : 4) - hex.count) + hex
                }
            }
        }
        return out + "\""
    }

    /// Whether YAML allows the scalar as it is, and it is not a line break to YAML.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
            scalar != "\u{2028}" && scalar != "\u{2029}"
        default: false
        }
    }
}
