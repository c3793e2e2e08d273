import Foundation

/// A form of a flag's value. An engine says which forms a flag takes by trying an example of each.
package enum FlagValueForm: String, Sendable, Hashable, Codable, CaseIterable {
    /// `7`
    case whole
    /// `-1`
    case negative
    /// `0.5`, `1e-3`, `inf`
    case decimal
    /// `16k`, `1.5m`, `4G`
    case size
    case auto
    /// `None`, as Python writes it
    case none
    case empty
    /// Any text.
    case word
    /// Text in braces that is not JSON.
    case braces
    case object, list, string
    /// `true`, `false` or `null`
    case constant

    /// The forms that a value has. In doubt, it has more rather than fewer.
    package static func of(_ value: String) -> Set<FlagValueForm> {
        let text = value.trimmingCharacters(in: .whitespacesAndNewlines)
        var forms: Set<FlagValueForm> = []
        if value.isEmpty { forms.insert(.empty) }
        if value == "None" { forms.insert(.none) }
        if text.lowercased() == "auto" { forms.insert(.auto) }
        // As Python's int() and float() read them.
        if text.wholeMatch(of: /\+?\d+(_\d+)*/) != nil { forms.insert(.whole) }
        if text.wholeMatch(of: /-\d+(_\d+)*/) != nil { forms.insert(.negative) }
        if text.wholeMatch(of: /[-+]?(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)([eE][-+]?\d+)?/) != nil
            || text.lowercased().wholeMatch(of: /[-+]?(inf|infinity|nan)/) != nil
        {
            forms.insert(.decimal)
        }
        if text.wholeMatch(of: /\d+(\.\d+)?[kmgt]|\d+[KMGT]/) != nil { forms.insert(.size) }
        if let json = json(text) { forms.insert(json) }
        let isBraced = text.hasPrefix("{") && text.hasSuffix("}")
        if !isBraced { forms.insert(.word) } else if !forms.contains(.object) { forms.insert(.braces) }
        return forms
    }

    /// What kind of JSON a text is; nil for numbers, which have forms of their own, and for text that is not JSON.
    private static func json(_ text: String) -> FlagValueForm? {
        let kinds: [Character: FlagValueForm] = ["{": .object, "[": .list, "\"": .string]
        if ["true", "false", "null"].contains(text) { return .constant }
        guard let first = text.first, let kind = kinds[first] else { return nil }
        // What Python's JSON has beyond the standard, and sizes, which vLLM takes in its JSON.
        let plain = text.replacing(/\b(NaN|Infinity)\b/, with: "0").replacing(/(\d)[kKmMgGtT]\b/) { "\($0.1)" }
        return [text, plain].contains {
            (try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)) != nil
        } ? kind : nil
    }
}

extension EngineFlag {
    /// Keys of a JSON object that the flag's JSON cannot have.
    package func strangeKeys(in value: String) -> [String] {
        guard let keys, let json = try? JSONSerialization.jsonObject(with: Data(value.utf8)) as? [String: Any] else {
            return []
        }
        return json.keys.filter { !keys.contains($0) }.sorted()
    }

    /// Whether it takes a value of this form. A flag of unknown forms takes any.
    package func takes(_ value: String) -> Bool {
        guard let accepts, !accepts.isEmpty else { return true }
        return !FlagValueForm.of(value).isDisjoint(with: accepts)
    }

    /// What it takes, for messages: `a whole number`.
    package var expectation: String {
        let accepts = accepts ?? []
        if accepts.contains(.word) { return "valid JSON in braces, or other text" }
        if accepts.contains(.object) { return accepts.contains(.whole) ? "JSON" : "a JSON object" }
        guard accepts.contains(.whole) else { return "another value" }
        var words = [accepts.contains(.decimal) ? "a number" : "a whole number"]
        if accepts.contains(.size) { words.append("a size such as 16k") }
        if accepts.contains(.auto) { words.append("auto") }
        return words.count < 2 ? words[0] : words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1]
    }
}
