import SpecYAML
import Support

extension PromptTemplate {
    /// The placeholder for the question.
    package static let placeholder = "{question}"

    /// The name of a template written in the spec itself.
    static let inlineName = "inline"

    package static let standard = PromptTemplate(name: inlineName, text: "{question}\n\n")

    /// The fault of a prompt's text, if any; `noun` is its name in messages.
    package static func fault(in text: String, _ noun: String = "the prompt") -> String? {
        let count = text.ranges(of: placeholder).count
        switch count {
        case 0: return "\(noun) does not contain \(placeholder)"
        case 1: return nil
        default: return "\(noun) contains \(placeholder) \(count) times; it must contain it once"
        }
    }
}

/// A prompt in a spec: a text, a chat, or a file.
enum WrittenPrompt: Equatable {
    case template(PromptTemplate)
    case chat(ChatPrompt)
    case file(path: String)

    /// The key for the models' own chat templates.
    private static let chatWord = "chat"

    static func decode(_ field: SpecField, directory: String) -> Located<WrittenPrompt>? {
        guard case .mapping(let entries) = field.node.content else { return textOrName(field) }
        if entries.map(\.key) == ["question"] {
            return field.fail("{question} without quotes is a YAML mapping; put the prompt in double quotes")
        }
        guard let section = SpecSection(field, "prompt", keys: ["chat", "file", "name", "text"]) else { return nil }
        for key in ["file", "chat"] where section[key] != nil && section.fields.count > 1 {
            return field.fail("a prompt with '\(key)' allows no other key")
        }
        if let chat = section["chat"] { return ChatPrompt(chat).map { Located(value: .chat($0), mark: field.mark) } }
        if let file = section["file"] {
            return file.path(from: directory).map { Located(value: .file(path: $0), mark: file.mark) }
        }
        let name = section.value("name", default: PromptTemplate.inlineName) { $0.word() }
        return section.required("text").flatMap { template($0, name: name) }
    }

    /// A text with the placeholder is the prompt; any other word is a prompt's name.
    private static func textOrName(_ field: SpecField) -> Located<WrittenPrompt>? {
        guard let text = field.text() else { return nil }
        guard text.wholeMatch(of: /[A-Za-z0-9_.-]+/) != nil else {
            return template(field, name: PromptTemplate.inlineName)
        }
        if text == chatWord { return Located(value: .chat(.standard), mark: field.mark) }
        if let named = PromptTemplate.named.first(where: { $0.name == text }) {
            return Located(value: .template(named), mark: field.mark)
        }
        let hint = suggestion(for: text, among: [chatWord] + PromptTemplate.named.map(\.name))
        return field.fail("\(quoted(text)) is neither the name of a prompt nor a text that contains {question}\(hint)")
    }

    private static func template(_ field: SpecField, name: String) -> Located<WrittenPrompt>? {
        guard let text = field.text(), field.checkEscapes(strictly: false) else { return nil }
        if let fault = PromptTemplate.fault(in: text) { return field.fail(fault) }
        field.warnOfControlCharacters(in: "the prompt")
        return Located(value: .template(PromptTemplate(name: name, text: text)), mark: field.mark)
    }
}

extension ChatPrompt {
    /// The question alone.
    package static let standard = ChatPrompt(user: PromptTemplate.placeholder)

    fileprivate init?(_ field: SpecField) {
        guard let section = SpecSection(field, "chat", keys: ["system", "user"]) else { return nil }
        func message(_ key: String, _ fault: (String) -> String?) -> String? {
            guard let field = section[key], let text = field.word(), field.checkEscapes(strictly: false) else {
                return nil
            }
            if let fault = fault(text) { return field.fail(fault) }
            field.warnOfControlCharacters(in: "'\(key)'")
            return text
        }
        let system = message("system") { text in
            text.contains(PromptTemplate.placeholder)
                ? "{question} is in 'system', but is only allowed in 'user'" : nil
        }
        let user = message("user") { PromptTemplate.fault(in: $0, "'user'") }
        if section["system"] != nil, system == nil { return nil }
        if section["user"] != nil, user == nil { return nil }
        self.init(system: system, user: user ?? Self.standard.user)
    }
}
