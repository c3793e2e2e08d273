import Support

/// Writes scalars that read back as the same values.
package enum YAMLWriter {
    /// Text, unquoted if YAML reads it as text only.
    package static func text(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || ("0"..."9").contains($0)
                    || "_./-".unicodeScalars.contains($0))
        }
        let first = text.unicodeScalars.first
        return isPlain && first != "-" && first != "."
            && YAMLScalar(text: text, style: .plain).meaning == .text ? text : doubleQuoted(text)
    }
}
