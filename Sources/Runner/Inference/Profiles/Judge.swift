import Decoding
import Foundation
import JobSpecs
import ModelLifecycle

/// An instruct model as judge of steps, as in SpecReason (arXiv 2504.07891): it reads the problem and the steps and scores the
/// last step from 0 to 9 in a single token. Only digits are allowed, since small models tend to begin a sentence.
///
/// The reward is the expected digit divided by 9: SpecReason's "average". Each step is a request.
struct Judge: PRMScorer {
    static let instruction = """
        Judge the last step of the reasoning above by its facts and its logic alone: is it objectively true, and does it \
        follow from the steps before it? Style, wording and usefulness do not count. Give the step a score from 0 to 9, and \
        answer with that one digit.
        """
    /// Maximum requests in flight for one trajectory.
    static let width = 4

    let overlong: OverlongPolicy
    let showsConversation = true
    private let thinking: ThinkingSpec?
    private let digits = DigitTokens()
    private let closing = ClosingTokens()

    /// - Parameter thinking: of the job; a judge that can think is then kept from it, since it answers with one token.
    init(overlong: OverlongPolicy, thinking: ThinkingSpec? = nil) {
        self.overlong = overlong
        self.thinking = thinking
    }

    func ask(_ wanted: Scoring, about problem: ProblemPrompt, of session: ModelSession) async throws -> Scored {
        let opinions = try await withThrowingTaskGroup(of: (Int, Opinion?).self) { group in
            var opinions: [Int: Opinion] = [:]
            for (place, step) in wanted.unscored.enumerated() {
                if place >= Self.width, let (step, opinion) = try await group.next() { opinions[step] = opinion }
                group.addTask {
                    (step, try await opinion(on: Array(wanted.steps[...step]), about: problem, of: session))
                }
            }
            for try await (step, opinion) in group { opinions[step] = opinion }
            return opinions
        }
        var sheet = ScoreSheet(for: wanted, contextLength: session.contextLength)
        for step in wanted.unscored {
            guard let opinion = opinions[step] else {
                try sheet.addOverlong(step)
                continue
            }
            sheet.addPass(tokens: opinion.promptTokens)
            try sheet.add(reward: opinion.reward, tokens: opinion.stepTokens, dropped: opinion.dropped)
        }
        return sheet.result
    }

    private struct Opinion {
        var reward: Double
        var stepTokens: Int
        var promptTokens: Int
        var dropped: Int
    }

    /// The judge's reward of the last step, or nil if the text does not fit into its context.
    private func opinion(
        on steps: [String], about problem: ProblemPrompt, of session: ModelSession
    ) async throws -> Opinion? {
        for dropped in 0..<(overlong == .window ? steps.count : 1) {
            let conversation = try await session.tokens(
                of: [
                    ChatMessage(role: "user", content: problem.question),
                    ChatMessage(role: "assistant", content: steps[dropped...].joined()),
                    ChatMessage(role: "user", content: Self.instruction),
                ], settings: thinking == nil ? [:] : JobSpec.thinkingOff)
            let prompt = conversation + (try await closing.ids(after: conversation, thinking, of: session))
            // The response needs a token too.
            guard prompt.count < session.contextLength else { continue }
            let allowed = try await digits.ids(of: session)
            let reward = try await session.rewards(for: prompt, at: []) {
                let answer = try await session.client.complete(
                    CompletionRequest(
                        promptTokens: prompt, maxTokens: 1, seed: 0, logprobs: 20, allowedTokens: allowed))
                guard allowed.firstIndex(of: answer.tokenIDs[0]) == Self.digit(answer.text) else {
                    throw MalformedResponse(
                        description:
                            "the judge's answer \(answer.text.debugDescription) is not what its token stands for")
                }
                return [try Self.reward(of: answer)]
            }
            return Opinion(
                reward: reward[0],
                stepTokens: try await session.bareTokens(of: steps.last ?? "").count,
                promptTokens: prompt.count, dropped: dropped)
        }
        return nil
    }

    /// - Throws: ``MalformedResponse`` if the judge answered anything but a digit.
    static func reward(of answer: Completion) throws -> Double {
        guard digit(answer.text) != nil else {
            throw MalformedResponse(
                description:
                    "the judge answered \(answer.text.debugDescription) where it was asked for a digit from 0 to 9")
        }
        guard let mean = answer.topLogprobs?.first?.expected({ digit($0).map(Double.init) }) else {
            throw MalformedResponse(description: "the judge's engine told no probabilities of the digits")
        }
        return min(1, mean / 9)
    }

    private static func digit(_ text: String) -> Int? {
        let bare = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard bare.utf8.count == 1, let digit = bare.utf8.first, (0x30...0x39).contains(digit) else { return nil }
        return Int(digit - 0x30)
    }
}

/// The tokens that end the thoughts which a judge's chat template opens, found once.
private actor ClosingTokens {
    private var known: [Int]?

    func ids(after prompt: [Int], _ thinking: ThinkingSpec?, of session: ModelSession) async throws -> [Int] {
        guard case .marked(let marks) = thinking else { return [] }
        if let known { return known }
        let end = try await session.text(of: prompt.suffix(8))
        let ids = marks.isOpen(after: end) ? try await session.bareTokens(of: "\n\(marks.end)\n\n") : []
        known = ids
        return ids
    }
}

/// The judge's tokens for the ten digits, requested from its engine once.
private actor DigitTokens {
    private var known: [Int]?

    /// - Throws: ``PermanentFailure`` if a digit is not a single token.
    func ids(of session: ModelSession) async throws -> [Int] {
        if let known { return known }
        var ids: [Int] = []
        for digit in 0...9 {
            let tokens = try await session.tokens(of: String(digit), addSpecialTokens: false)
            guard let id = tokens.last, try await session.pieces(of: [id]) == [String(digit)] else {
                throw PermanentFailure(reason: "the judge's tokenizer has no token for the digit \(digit) alone")
            }
            ids.append(id)
        }
        known = ids
        return ids
    }
}
