/// The text before a solution.
package enum PromptSpec: Sendable, Equatable {
    /// The same text for every model.
    case template(PromptTemplate)
    /// Rendered for each model with its own chat template.
    case chat(ChatPrompt)
}

/// The messages of a conversation; the solution is the next one.
package struct ChatPrompt: Sendable, Equatable {
    /// nil leaves it to the chat template, which may insert its own.
    package var system: String?
    /// `{question}` marks the place of the question.
    package var user: String

    package init(system: String? = nil, user: String) {
        self.system = system
        self.user = user
    }
}

/// Text around a question, whose place is marked by `{question}`.
package struct PromptTemplate: Sendable, Equatable {
    package var name: String
    package var text: String
}
