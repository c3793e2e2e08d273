import Datasets
import Decoding
import ModelLifecycle

/// What goes before a solution: the problem, and how a model is shown it.
package struct ProblemPrompt: Sendable, Hashable {
    package enum Form: Sendable, Hashable {
        case text(String)
        /// To be rendered by the chat template of whichever model is shown it.
        case chat([ChatMessage])
    }

    /// As the data set has it.
    package var question: String
    package var form: Form

    /// The same problem as plain text, for a model without a chat template.
    package var withoutChat: ProblemPrompt {
        guard case .chat = form else { return self }
        return ProblemPrompt(question: question, form: .text(PromptTemplate.standard.render(question)))
    }
}

extension PromptSpec {
    /// What goes before the solution of a problem.
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
    /// What goes before the solution of each problem.
    package var prompts: [ProblemName: ProblemPrompt] {
        var prompts: [ProblemName: ProblemPrompt] = [:]
        for (dataset, problems) in problems {
            for problem in problems {
                prompts[ProblemName(dataset: dataset, problem: problem.id)] = spec.prompt.before(problem.question)
            }
        }
        return prompts
    }

    /// Whether a model can be shown a conversation.
    package func hasChatTemplate(_ role: Role) -> Bool {
        guard let model = spec.models[role] else { return false }
        return models[role]?.chatTemplate != nil
            || spec.engine.args(for: model).contains { $0.flag == "chat-template" }
    }
}
