import Decoding
import JobSpecs
import ModelLifecycle

/// The target as judge of the draft's steps, as in SpecReason (arXiv 2504.07891; ruipeterpan/specreason, `spec_reason.py`): it reads the
/// steps as its own thoughts, is asked in the next turn for a score of the last one, and gives it as the next token of an answer that
/// is begun for it.
///
/// With a prompt that is text, the same follows as text: the prompt, the steps, the question, a delimiter and the begun answer.
package struct TargetJudge: Sendable {
    /// SpecReason's, word for word: the scores depend on it.
    static let question =
        "Evaluate the last reasoning step solely based on factual correctness and logical validity. Ignore style, phrasing, or "
        + "overall usefulness—only judge whether the step is objectively correct and logically follows from prior steps. Assign "
        + "a score from 0 to 9."
    static let begunAnswer = "I think the quality score is: "
    /// How many of the likeliest tokens count for the average.
    static let likeliest = 10
    /// Tokens of the question and the begun answer in a conversation, about.
    package static let questionTokens = 80

    /// The mark that begins thoughts; empty if the models do not think.
    private let mark: String

    init(thinking: ThinkingSpec?) {
        switch thinking {
        case nil: mark = "<think>"
        case .off: mark = ""
        case .marked(let marks): mark = marks.begin
        }
    }

    /// Requests the score of the last step.
    ///
    /// - Throws: ``PermanentFailure`` if the steps and the question do not fit into the context.
    func ask(_ wanted: Scoring, after prompt: ProblemPrompt, of session: ModelSession) async throws -> Scored {
        let ids = try await tokens(of: wanted.steps, after: prompt, in: session)
        // The answer needs a token too.
        guard ids.count < session.contextLength else {
            throw PermanentFailure(
                reason: "the solution up to step \(wanted.steps.count) and the question about it are too long for the "
                    + "\(wanted.role.rawValue), whose context holds \(session.contextLength) tokens")
        }
        let scores = try await session.rewards(for: ids, at: []) {
            let answer = try await session.client.complete(
                CompletionRequest(promptTokens: ids, maxTokens: 1, seed: 0, logprobs: Self.likeliest))
            guard let likeliest = answer.topLogprobs?.first else {
                throw MalformedResponse(description: "the target's engine told no probabilities of its score")
            }
            let token = try await session.pieces(of: answer.tokenIDs.prefix(1)).first ?? ""
            return DigitReading.allCases.map { $0.score(of: token, likeliest) }
        }
        let place = DigitReading.allCases.firstIndex { $0 == wanted.digit } ?? 0
        return Scored(
            role: wanted.role, rewards: [scores[place] / 9],
            tokens: [try await session.continuation(wanted.steps.last ?? "").count], promptTokens: ids.count,
            candidate: wanted.candidate)
    }

    private func tokens(
        of steps: [String], after prompt: ProblemPrompt, in session: ModelSession
    ) async throws -> [Int] {
        // A step that ended without the delimiter is shown like the others.
        let steps = steps.map(session.splitter.withDelimiter)
        switch prompt.form {
        case .text:
            return try await session.tokens(of: prompt, steps: steps)
                + session.continuation(session.splitter.withDelimiter(Self.question) + Self.begunAnswer)
        case .chat(let messages):
            let solution = steps.joined()
            let isMarked = solution.drop(while: \.isWhitespace).hasPrefix(mark)
            return try await session.tokens(
                of: messages + [
                    ChatMessage(role: "assistant", content: (isMarked ? "" : mark) + solution),
                    ChatMessage(role: "user", content: Self.question),
                    ChatMessage(role: "assistant", content: mark + Self.begunAnswer),
                ], settings: session.chatSettings, upTo: .openTurn)
        }
    }
}

extension DigitReading {
    /// The score from 0 to 9 that a token gives. Tokens of several digits count with their value, up to 9.
    ///
    /// - Parameter likeliest: log-probabilities of the likeliest tokens, by text.
    func score(of token: String, _ likeliest: [String: Double]) -> Double {
        switch self {
        case .greedy: return min(9, token.digits ?? 0)
        case .average: return min(9, likeliest.expected(\.digits) ?? 0)
        }
    }
}

extension String {
    /// The number that a text of nothing but digits is.
    fileprivate var digits: Double? {
        !isEmpty && utf8.allSatisfy { (0x30...0x39).contains($0) } ? Double(self) : nil
    }
}
