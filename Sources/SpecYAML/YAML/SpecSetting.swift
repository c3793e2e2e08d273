import Support

/// A value set on the command line: `decoding.max_tokens=4096`, `methods.0.rsd.threshold=0.8`.
struct SpecSetting {
    /// The key as written, for messages.
    let key: String
    /// Keys of mappings and indices of lists, from the root. A key with a dot is written in double quotes.
    let path: [String]
    /// Parsed as YAML; every place in it is marked with the key.
    let value: YAMLNode

    init(_ argument: String) throws(Diagnostic) {
        guard let equals = argument.firstMatch(of: /^(?:"[^"]*"|[^"=])*=/)?.range.upperBound else {
            throw Diagnostic(setting: argument, "a setting is written KEY=VALUE, such as decoding.max_tokens=4096")
        }
        key = String(argument[..<equals].dropLast())
        path = try Self.path(key)
        value = try Self.value(String(argument[equals...]), key: key)
    }

    private static func path(_ key: String) throws(Diagnostic) -> [String] {
        guard key.wholeMatch(of: /(?:"[^"]+"|[^".]+)(?:\.(?:"[^"]+"|[^".]+))*/) != nil else {
            throw Diagnostic(
                setting: key,
                "\(quoted(key)) is not the name of a setting: join keys with single dots, as in decoding.max_tokens")
        }
        let path = key.matches(of: /"([^"]+)"|[^".]+/).map { String($0.1 ?? $0.0) }
        guard path.count < YAMLParser.deepest else { throw Diagnostic(setting: key, "nested too deeply") }
        return path
    }

    private static func value(_ text: String, key: String) throws(Diagnostic) -> YAMLNode {
        let nothing = YAMLNode(mark: .start, content: .scalar(YAMLScalar(text: "", style: .plain)))
        let isBlank = text.split(whereSeparator: \.isNewline).allSatisfy { line in
            line.first { !$0.isWhitespace }.map { $0 == "#" } ?? true
        }
        let (document, faults) = isBlank ? (nothing, []) : YAMLParser.parse(SourceText(file: key, text: text))
        guard let document, faults.isEmpty else {
            throw Diagnostic(setting: key, "the value is not valid YAML: \(faults.first?.message ?? "")")
        }
        return document.marked(with: key)
    }

    /// The place of the setting itself.
    var mark: Mark { value.mark }
}

extension Diagnostic {
    /// Of a value that was set on the command line.
    init(_ severity: Severity = .error, setting key: String, _ message: String) {
        self.init(severity, file: "--set \(key)", message: message)
    }
}

extension YAMLNode {
    fileprivate func marked(with key: String) -> YAMLNode {
        func marked(_ mark: Mark) -> Mark { Mark(line: mark.line, column: mark.column, setting: key) }
        let content: Content =
            switch content {
            case .scalar: content
            case .sequence(let elements): .sequence(elements.map { $0.marked(with: key) })
            case .mapping(let entries):
                .mapping(
                    entries.map {
                        YAMLEntry(key: $0.key, keyMark: marked($0.keyMark), value: $0.value.marked(with: key))
                    })
            }
        return YAMLNode(mark: marked(mark), content: content)
    }
}
