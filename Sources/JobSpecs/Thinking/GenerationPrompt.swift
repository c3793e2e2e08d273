/// The end of a chat template, which opens the model's turn, without the template engine: enough to tell whether it opens
/// thoughts.
///
/// Templates write it last, after a condition on `add_generation_prompt`: text, conditions and quoted text are rendered,
/// everything else counts as blank.
struct GenerationPrompt {
    private let settings: [String: Bool]
    private var rest: Substring

    /// The text in which a template opens the model's turn; nil if it opens none, or in a way that is not understood.
    ///
    /// - Parameter settings: `chat_template_kwargs`, such as `enable_thinking`.
    static func rendered(_ template: String, settings: [String: Bool]) -> String? {
        let word = "add_generation_prompt"
        guard let last = template.ranges(of: word).last,
            let start = template[..<last.lowerBound].ranges(of: "{%").last
        else { return nil }
        var prompt = GenerationPrompt(
            settings: settings.merging([word: true]) { $1 }, rest: template[start.lowerBound...])
        var text = ""
        // After the last condition, templates write nothing.
        guard prompt.block(into: &text, isWanted: true) != nil else { return nil }
        return text
    }

    /// Reads statements and text up to one that ends a block.
    ///
    /// - Returns: that statement, "" at the end of the template; nil if something is not understood.
    private mutating func block(into text: inout String, isWanted: Bool) -> String? {
        while !rest.isEmpty {
            guard let open = rest.firstIndex(of: "{") else { rest = ""; break }
            if isWanted { text += Self.trimmed(rest[..<open]) }
            rest = rest[open...]
            if let code = take("{{", to: "}}") {
                if isWanted { text += value(of: code) ?? "" }
            } else if let statement = take("{%", to: "%}") {
                let words = statement.split(whereSeparator: \.isWhitespace)
                switch words.first {
                case "if": guard conditional(statement, into: &text, isWanted: isWanted) else { return nil }
                case "elif", "else", "endif": return statement
                case "set": break
                default: return nil
                }
            } else if take("{#", to: "#}") == nil {
                rest = rest.dropFirst()
            }
        }
        return ""
    }

    private mutating func conditional(_ statement: String, into text: inout String, isWanted: Bool) -> Bool {
        var (statement, isDecided) = (statement, false)
        while true {
            var isTaken = isWanted && !isDecided
            if statement != "else", isTaken {
                let condition = statement.drop { !$0.isWhitespace }
                guard let isTrue = TemplateCondition(String(condition), settings).value else { return false }
                isTaken = isTrue
            }
            isDecided = isDecided || isTaken
            guard let next = block(into: &text, isWanted: isTaken) else { return false }
            if next.isEmpty || next == "endif" { return true }
            statement = next
        }
    }

    /// The code between two brackets, if the rest begins with the first.
    private mutating func take(_ open: String, to close: String) -> String? {
        guard rest.hasPrefix(open), let end = rest.firstRange(of: close) else { return nil }
        defer { rest = rest[end.upperBound...] }
        let code = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
        return Self.trimmed(code.drop { $0 == "-" || $0 == "+" }.reversed().drop { $0 == "-" || $0 == "+" }.reversed())
    }

    private static func trimmed(_ text: some Sequence<Character>) -> String {
        let start = Array(text).drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }

    /// The quoted texts of an expression; of `A if condition else B`, those of the branch taken.
    private func value(of code: String) -> String? {
        guard let match = code.firstMatch(of: /^(.*?)\sif\s(.*)\selse\s(.*)$/.dotMatchesNewlines()) else {
            return code.matches(of: /'([^']*)'|"([^"]*)"/).map { String($0.1 ?? $0.2 ?? "") }.joined()
                .replacing("\\n", with: "\n")
        }
        return TemplateCondition(String(match.2), settings).value.flatMap {
            value(of: String($0 ? match.1 : match.3))
        }
    }
}

/// A condition in a chat template, on settings that are true, false or not defined.
private struct TemplateCondition {
    private let settings: [String: Bool]
    private var words: ArraySlice<Substring>
    private var isClear = true

    init(_ code: String, _ settings: [String: Bool]) {
        self.settings = settings
        let spaced = code.replacing("(", with: " ( ").replacing(")", with: " ) ")
        words = spaced.split(whereSeparator: \.isWhitespace)[...]
    }

    /// nil if it is not understood.
    var value: Bool? {
        var reader = self
        let value = reader.either()
        return reader.isClear && reader.words.isEmpty ? value : nil
    }

    private mutating func take(_ word: String) -> Bool {
        guard words.first == Substring(word) else { return false }
        words.removeFirst()
        return true
    }

    private mutating func either() -> Bool {
        var value = both()
        while take("or") { value = both() || value }
        return value
    }

    private mutating func both() -> Bool {
        var value = one()
        while take("and") { value = one() && value }
        return value
    }

    private mutating func one() -> Bool {
        if take("not") { return !one() }
        if take("(") {
            let value = either()
            isClear = take(")") && isClear
            return value
        }
        guard let name = words.popFirst(), name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.]*/) != nil else {
            isClear = false
            return false
        }
        // An attribute is a variable of the template's own, which says something about earlier turns.
        let setting = settings[String(name.split(separator: ".").last ?? name)]
        guard take("is") || take("==") else {
            // Compared with anything else, it is not a switch.
            isClear = isClear && !(words.first.map { ["!=", "in", "<", ">"].contains($0) } ?? false)
            return setting ?? (name.lowercased() == "true")
        }
        let isNegated = take("not")
        let test = words.popFirst()
        let value: Bool
        switch test?.lowercased() {
        case "defined": value = setting != nil
        case "undefined", "none": value = setting == nil
        case "true": value = setting == true
        case "false": value = setting == false
        default: (value, isClear) = (false, isClear && setting == nil)
        }
        return value != isNegated
    }
}
