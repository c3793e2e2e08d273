import Foundation
import ModelLifecycle
import Support

/// A line of `results.jsonl` with what was asked and how long each step is, so that it needs no other file.
struct CompleteLine: Encodable {
    var line: ResultLine
    var question: String?
    /// The text before the solution, or the messages of a chat.
    var prompt: Prompt?
    /// Tokens of each step, by the tokenizer of its writer.
    var stepTokens: [Int]?

    enum Prompt: Encodable {
        case text(String)
        case chat([ChatMessage])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .chat(let messages): try container.encode(messages)
            }
        }
    }

    private enum CodingKeys: String, CodingKey {
        case question, prompt
        case stepTokens = "step_tokens"
    }

    func encode(to encoder: any Encoder) throws {
        try line.encode(to: encoder)
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encodeIfPresent(question, forKey: .question)
        try object.encodeIfPresent(prompt, forKey: .prompt)
        try object.encodeIfPresent(stepTokens, forKey: .stepTokens)
    }
}

extension RunReport {
    /// The results as JSON Lines, with question, prompt and the tokens of each step.
    ///
    /// - Parameter method: only its lines; nil for all.
    package func completeResults(of method: String? = nil) throws -> Data {
        var questions: [String: [String: String]] = [:]
        for (name, problems) in job.problems {
            questions[name] = Dictionary(problems.map { ($0.id, $0.question) }) { first, _ in first }
        }
        let wanted = method.map { method in lines.filter { $0.method == method } } ?? lines
        return try JSONText.lines(
            wanted.map { line in
                let question = questions[line.dataset]?[line.problem]
                return CompleteLine(
                    line: line, question: question, prompt: question.map(prompt), stepTokens: stepTokens[line.id])
            })
    }

    private func prompt(_ question: String) -> CompleteLine.Prompt {
        switch job.spec.prompt.before(question).form {
        case .text(let text): .text(text)
        case .chat(let messages): .chat(messages)
        }
    }
}
