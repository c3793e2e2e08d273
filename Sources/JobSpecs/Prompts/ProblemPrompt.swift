import Datasets
import Decoding
import ModelLifecycle

/// The text before a solution: a problem in the form shown to a model.
package struct ProblemPrompt: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        case text(String)
        /// Rendered with the chat template of the model that gets it.
        case chat([ChatMessage])
    }

    /// As in the data set.
    package var question: String
    package var form: Form

    /// The same problem as plain text, for a model without a chat template.
    package var withoutChat: ProblemPrompt {
        guard case .chat = form else { return self }
        return ProblemPrompt(question: question, form: .text(PromptTemplate.standard.render(question)))
    }
}

extension PromptSpec {
    /// The prompt for a problem.
    package func before(_ question: String) -> ProblemPrompt {
        switch self {
        case .template(let template): ProblemPrompt(question: question, form: .text(template.render(question)))
        case .chat(let chat): ProblemPrompt(question: question, form: .chat(chat.messages(question)))
        }
    }
}

extension ChatPrompt {
    fileprivate func messages(_ question: String) -> [ChatMessage] {
        (system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + [
            ChatMessage(role: "user", content: user.replacing(PromptTemplate.placeholder, with: question))
        ]
    }
}

extension PromptTemplate {
    /// The prompt for a question.
    func render(_ question: String) -> String {
        text.replacing(Self.placeholder, with: question)
    }
}

extension LoadedJob {
    /// The prompt of each problem.
    package var prompts: [ProblemName: ProblemPrompt] {
        var prompts: [ProblemName: ProblemPrompt] = [:]
        for (dataset, problems) in problems {
            for problem in problems {
                prompts[ProblemName(dataset: dataset, problem: problem.id)] = spec.prompt.before(problem.question)
            }
        }
        return prompts
    }

    /// Whether a model accepts conversations.
    package func hasChatTemplate(_ role: Role) -> Bool {
        guard let model = spec.models[role] else { return false }
        return models[role]?.chatTemplate != nil
            || spec.engine.args(for: model).contains { $0.flag == "chat-template" }
    }
}
