extension PromptTemplate {
    /// The mark that the question takes the place of.
    static let placeholder = "{question}"

    /// The name of a template that stands in the spec itself.
    static let inlineName = "inline"

    static let standard = PromptTemplate(name: inlineName, text: "{question}\n\n")

    /// What is wrong with the text, if anything is.
    static func fault(in text: String) -> String? {
        let count = text.ranges(of: placeholder).count
        switch count {
        case 0: return "the prompt does not hold \(placeholder)"
        case 1: return nil
        default: return "the prompt holds \(placeholder) \(count) times; it must be there once"
        }
    }
}

/// A prompt as a spec names it: a text, or a file to be read.
enum WrittenPrompt: Equatable {
    case template(PromptTemplate)
    case file(path: String)

    static func decode(_ field: SpecField, directory: String) -> Located<WrittenPrompt>? {
        guard case .mapping(let entries) = field.node.content else {
            return template(field, name: PromptTemplate.inlineName)
        }
        if entries.map(\.key) == ["question"] {
            return field.fail("{question} without quotes is a YAML mapping; put the prompt in double quotes")
        }
        guard let section = SpecSection(field, "prompt", keys: ["file", "name", "text"]) else { return nil }
        if let file = section["file"], section["text"] == nil, section["name"] == nil {
            return file.path(from: directory).map { Located(value: .file(path: $0), mark: file.mark) }
        }
        guard section["file"] == nil else { return field.fail("a prompt with 'file' takes no other key") }
        let name = section.value("name", default: PromptTemplate.inlineName) { $0.word() }
        return section.required("text").flatMap { template($0, name: name) }
    }

    private static func template(_ field: SpecField, name: String) -> Located<WrittenPrompt>? {
        guard let text = field.text(), field.checkEscapes(strictly: false) else { return nil }
        if let fault = PromptTemplate.fault(in: text) { return field.fail(fault) }
        return Located(value: .template(PromptTemplate(name: name, text: text)), mark: field.mark)
    }
}
