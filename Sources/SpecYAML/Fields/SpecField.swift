import Support

/// A value to decode, its name for messages, and the log.
///
/// Every reader returns nil after logging an error.
package struct SpecField {
    package let name: String
    package let node: YAMLNode
    /// The place for messages: the value's, or the key's if there is no value.
    package let mark: Mark
    package let log: DiagnosticLog

    /// The root of a document.
    package init(name: String, node: YAMLNode, log: DiagnosticLog) {
        self.init(name: name, node: node, mark: node.mark, log: log)
    }

    package init(name: String, node: YAMLNode, mark: Mark, log: DiagnosticLog) {
        self.name = name
        self.node = node
        self.mark = mark
        self.log = log
    }

    /// Logs an error here.
    package func error(_ message: String) {
        log.error(at: mark, message)
    }

    /// Logs an error here and returns nil.
    package func fail<Value>(_ message: String) -> Value? {
        error(message)
        return nil
    }

    package var scalar: YAMLScalar? {
        guard case .scalar(let scalar) = node.content else { return nil }
        return scalar
    }

    package var isNull: Bool { scalar?.meaning == .null }

    // MARK: Scalars

    /// Text, quoted or not, that YAML does not read as something else.
    package func text() -> String? {
        guard let scalar, scalar.meaning == .text else {
            let hint = scalar == nil || isNull ? "" : "; put it in quotes"
            return expected("text", hint: hint)
        }
        return scalar.text
    }

    /// Text that is not empty.
    package func word() -> String? {
        guard let text = text() else { return nil }
        return text.isEmpty ? fail("'\(name)' is empty") : text
    }

    /// Text that can be part of a file name or an identifier.
    package func identifier() -> String? {
        guard let text = word() else { return nil }
        guard text.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._-]*/) != nil, text.utf8.count <= 100 else {
            return fail(
                "'\(name)' is used in file names: use at most 100 of A-Z a-z 0-9 . _ - and begin with "
                    + "a letter, digit or _, found \(quoted(text))")
        }
        return text
    }

    package func bool() -> Bool? {
        guard case .bool(let value)? = scalar?.meaning else { return expected("true or false") }
        return value
    }

    package func number(_ limits: String, where allowed: (Double) -> Bool) -> Double? {
        guard let scalar, let number = scalar.number else { return expected("a number", hint: numberHint) }
        guard number.isFinite, allowed(number) else { return outside(limits) }
        return number
    }

    package func number(in range: ClosedRange<Double>) -> Double? {
        number("from \(range.lowerBound.plain) to \(range.upperBound.plain)", where: range.contains)
    }

    package func integer<Number: FixedWidthInteger>(in range: ClosedRange<Number>) -> Number? {
        guard let scalar, scalar.meaning == .integer else {
            return expected("a whole number", hint: numberHint)
        }
        guard let number = scalar.integer(as: Number.self), range.contains(number) else {
            // A number that does not fit the type is too large, or negative.
            let isTooBig = scalar.integer(as: Number.self).map { $0 > range.upperBound } ?? !scalar.text.hasPrefix("-")
            return outside(isTooBig ? "at most \(range.upperBound)" : "at least \(range.lowerBound)")
        }
        return number
    }

    /// A time span in seconds, greater than 0.
    package func seconds() -> Double? {
        guard let seconds = number("more than 0", where: { $0 > 0 }) else { return nil }
        return seconds <= Duration.longest ? seconds : outside("at most \(Duration.longest.plain)")
    }

    /// One of a fixed set of words. `noun` is its name in messages, by default the key.
    package func choice<Choice: CaseIterable & RawRepresentable<String>>(
        of type: Choice.Type, called noun: String? = nil
    ) -> Choice? {
        choice(among: Choice.allCases.map { ($0.rawValue, $0) }, called: noun)
    }

    /// One of several values, each under its word.
    package func choice<Choice>(among choices: [(word: String, value: Choice)], called noun: String? = nil) -> Choice? {
        guard let text = text() else { return nil }
        if let choice = choices.first(where: { $0.word == text }) { return choice.value }
        return fail("unknown \(noun ?? name) \(quoted(text))" + suggestion(for: text, among: choices.map(\.word)))
    }

    // MARK: Collections

    /// The elements, each with its name for messages.
    package func elements(named name: String) -> [SpecField]? {
        guard case .sequence(let nodes) = node.content else { return expected("a list") }
        guard !nodes.isEmpty else { return fail("'\(self.name)' is an empty list") }
        return nodes.map { SpecField(name: name, node: $0, log: log) }
    }

    /// The values of a mapping with free keys, by key.
    package func entries() -> [(key: Located<String>, value: SpecField)]? {
        guard case .mapping(let entries) = node.content else { return expected("a mapping") }
        return entries.map { entry in
            (Located(value: entry.key, mark: entry.keyMark), SpecField(entry, log: log))
        }
    }

    // MARK: Messages

    /// Logs that the value is not what was expected.
    package func mismatch(_ what: String, hint: String = "") {
        let subject = name.contains(" ") ? name : "'\(name)'"
        error("expected \(what) for \(subject), found \(found)\(hint)")
    }

    /// Logs that the value is not what was expected, and returns nil.
    package func expected<Value>(_ what: String, hint: String = "") -> Value? {
        mismatch(what, hint: hint)
        return nil
    }

    package func outside<Value>(_ limits: String) -> Value? {
        fail("'\(name)' must be \(limits), found \(scalar?.text ?? "")")
    }

    private var found: String {
        switch node.content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            switch scalar.meaning {
            case .null: return "nothing"
            case .bool, .integer, .float: return scalar.text
            case .text: return "the text \(quoted(scalar.text))"
            }
        }
    }

    private var numberHint: String {
        guard let scalar, scalar.meaning == .text else { return "" }
        if YAMLScalar(text: scalar.text, style: .plain).number != nil { return "; remove the quotes" }
        if scalar.text.wholeMatch(of: /[-+]?[0-9]+,[0-9]+/) != nil {
            return "; write the decimal point as '.'"
        }
        return ""
    }
}

extension SpecField {
    package init(_ entry: YAMLEntry, log: DiagnosticLog) {
        var isNull = false
        if case .scalar(let scalar) = entry.value.content {
            isNull = scalar.meaning == .null && scalar.text.isEmpty
        }
        self.init(
            name: entry.key, node: entry.value, mark: isNull ? entry.keyMark : entry.value.mark, log: log)
    }
}

extension Double {
    /// The shortest decimal that reads back as this number; whole numbers without a point.
    package var plain: String {
        let text = description
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
