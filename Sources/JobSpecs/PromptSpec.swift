/// What goes before a solution.
package enum PromptSpec: Sendable, Equatable {
    /// The same text for every model.
    case template(PromptTemplate)
    /// Rendered for each model by its own chat template.
    case chat(ChatPrompt)
}

/// The messages of a conversation whose next is the solution.
package struct ChatPrompt: Sendable, Equatable {
    /// nil leaves it to the chat template, which may put in one of its own.
    package var system: String?
    /// `{question}` marks the question's place.
    package var user: String

    package init(system: String? = nil, user: String) {
        self.system = system
        self.user = user
    }
}

/// Text around a question; `{question}` marks the place.
package struct PromptTemplate: Sendable, Equatable {
    package var name: String
    package var text: String
}
