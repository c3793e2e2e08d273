/// Text in double quotes for messages: long text is cut, and line breaks and other control characters are escaped.
package func quoted(_ text: String) -> String {
    let visible = text.count > 60 ? "\(text.prefix(57))..." : text
    return doubleQuoted(visible)
}

/// Text in double quotes on one line, which YAML reads back unchanged (YAML 1.2.2, 5.7).
package func doubleQuoted(_ text: String) -> String {
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

/// Whether YAML allows the scalar unescaped, and does not read it as a line break.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
        scalar != "\u{2028}" && scalar != "\u{2029}"
    default: false
    }
}
