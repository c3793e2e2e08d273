import Decoding
import Foundation

/// Step-by-step decoding with several candidates for each step, of which one is drawn by its reward: *soft best-of-n*.
///
/// Of n candidates with rewards r, candidate i is taken with a probability in proportion to exp(β rᵢ). If the draft's are tilted
/// (Guided Speculative Inference, arXiv 2506.04118), in proportion to exp(β rᵢ) · p(i) / q(i), where q is the draft's probability
/// of its text and p the target's: as if the target had written it. If the one that was drawn is rejected, the target writes
/// candidates of its own, and one of them is drawn by its reward and kept.
///
/// Candidates whose order is that of their numbers have the draw of `numpy.random.choice` for the same uniform number.
struct StepCandidates: DecodingMethod {
    /// What a method does with the candidates.
    struct Rules: Sendable {
        /// Who writes them first.
        var writer: Role
        var count: Int
        /// Candidates of the target where those of the draft are rejected.
        var targetCount = 0
        var sampling: Sampling
        /// β: 0 draws evenly, and the larger, the likelier the best.
        var beta: Double
        var isTilted = false
        /// nil if nothing is rejected.
        var bar: Bar?
        /// If no candidate has a reward of at least this, the response ends.
        var floor: Double
        /// Whether the response ends with the step in which it has a boxed answer.
        var endsAtAnswer = false
    }

    /// What the candidate that was drawn has to reach.
    struct Bar: Sendable {
        enum Measure: String, Sendable, CaseIterable {
            case reward
            /// The reward plus ln(p / q) / β.
            case tilted
        }

        var threshold: Double
        var measure: Measure
        /// Whether the threshold itself is enough.
        var includesThreshold: Bool

        func isReached(by value: Double) -> Bool {
            includesThreshold ? value >= threshold : value > threshold
        }
    }

    private let rules: Rules
    private let judgesEmptyEnd: Bool
    private let draw: Draw
    /// Who writes the candidates now.
    private var writer: Role
    private var attempts: [Int: StepAttempt] = [:]
    /// How likely candidates were found that were read: by the target, and by the draft in the target's tokens if they are others than
    /// it wrote.
    private var read: [Int: [Role: TokenLikelihoods]] = [:]
    /// The draft's step, until the target has replaced it.
    private var rejected: RejectedStep?

    init(_ rules: Rules, judgesEmptyEnd: Bool = false, draw: Draw) {
        self.rules = rules
        self.judgesEmptyEnd = judgesEmptyEnd
        self.draw = draw
        writer = rules.writer
    }

    private var candidates: Range<Int> { 0..<(rejected == nil ? rules.count : rules.targetCount) }
    private var isTilted: Bool { rules.isTilted && rejected == nil }

    func needs(for response: Response) -> [Need] {
        let needs = candidates.compactMap { verdictNeed(of: $0, in: response) }
        guard needs.isEmpty, areRead(in: response) else { return needs }
        return candidates.compactMap { readingNeed(of: $0, in: response) }
    }

    /// What a candidate needs to be written and judged.
    private func verdictNeed(of candidate: Int, in response: Response) -> Need? {
        guard let attempt = attempts[candidate] else {
            return .generate(
                Generation(
                    role: writer, steps: response.steps.map(\.text), stopsAtDelimiter: true,
                    maxTokens: response.remainingTokens(), sampling: rules.sampling,
                    detail: isTilted ? .logprobs : .text, candidate: candidate))
        }
        return attempt.scoring(after: response, judgesEmptyEnd: judgesEmptyEnd, candidate: candidate)
            .map(Need.score)
    }

    /// What a candidate needs so that it is known how likely it is.
    private func readingNeed(of candidate: Int, in response: Response) -> Need? {
        guard let attempt = attempts[candidate], let role = reader(of: candidate, attempt) else { return nil }
        let steps = response.steps.map(\.text)
        return .likelihood(
            LikelihoodRequest(
                role: role, steps: steps + [attempt.step.text], first: steps.count, isEnded: attempt.end == .eos,
                candidate: candidate))
    }

    private func areJudged(in response: Response) -> Bool {
        candidates.allSatisfy { verdictNeed(of: $0, in: response) == nil }
    }

    /// Whether the candidates are read once all are judged.
    private func areRead(in response: Response) -> Bool { isTilted && !isHopeless(in: response) }

    /// Who is to read a candidate next; nil if its likelihoods are known.
    private func reader(of candidate: Int, _ attempt: StepAttempt) -> Role? {
        guard attempt.step.tokens > 0 else { return nil }
        guard let target = read[candidate]?[.target] else { return .target }
        let isSame = target.logprobs.count == attempt.step.likelihoods?.logprobs.count
        return isSame || read[candidate]?[.draft] != nil ? nil : .draft
    }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        guard let need = need(of: event.candidate, in: response), event.answers(need) else {
            throw UnexpectedEvent(description: "no candidate for a step waits for \(event)")
        }
        switch (event, need) {
        case (.generated(let answer), _): try take(answer, counting: &response.tokens)
        case (.scored(let answer), .score(let wanted)):
            try attempts[answer.candidate]?.take(answer, on: wanted, counting: &response.tokens)
        case (.likelihood(let answer), .likelihood(let wanted)):
            try answer.check(wanted)
            read[answer.candidate, default: [:]][answer.role] = answer.steps[0]
            response.tokens[writer: answer.role].prompt += answer.promptTokens
            if answer.role == .target { response.tokens.target.judged += answer.steps[0].logprobs.count }
        default: break
        }
        if isRoundOver(in: response) { endRound(&response) }
    }

    private func need(of candidate: Int, in response: Response) -> Need? {
        guard candidates.contains(candidate) else { return nil }
        if let need = verdictNeed(of: candidate, in: response) { return need }
        guard areJudged(in: response), areRead(in: response) else { return nil }
        return readingNeed(of: candidate, in: response)
    }

    private func isRoundOver(in response: Response) -> Bool {
        guard areJudged(in: response) else { return false }
        return !areRead(in: response) || candidates.allSatisfy { readingNeed(of: $0, in: response) == nil }
    }

    private mutating func take(_ answer: Generated, counting tokens: inout TokenCounts) throws {
        let attempt = StepAttempt(answer, counting: &tokens)
        guard !isTilted || attempt.step.tokens == 0 || attempt.step.likelihoods != nil else {
            throw UnexpectedEvent(description: "the \(answer.role.rawValue) did not say how likely its tokens were")
        }
        attempts[answer.candidate] = attempt
    }

    private mutating func endRound(_ response: inout Response) {
        response.waves += 1
        guard !isHopeless(in: response) else { return response.end(.lowRewards) }
        let position = response.steps.count
        let values = candidates.map { value(of: $0, in: response) }
        let uniform = draw.choice(step: position, attempt: rejected == nil ? 0 : 1)
        let chosen = Self.choose(values.map { rules.beta * $0 }, uniform)
        guard let attempt = attempts[chosen] else { return }
        let reward = reward(of: chosen, in: response)
        let bar = rejected == nil ? rules.bar : nil
        let measured = bar?.measure == .tilted ? values[chosen] : reward
        if let bar {
            response.verdicts = response.verdicts ?? Verdicts()
            guard bar.isReached(by: measured) else {
                response.verdicts?.rejected += 1
                rejected = RejectedStep(
                    text: attempt.step.text, reward: reward, dropped: attempt.verdict?.dropped,
                    value: bar.measure == .tilted ? measured : nil)
                (writer, attempts, read) = (.target, [:], [:])
                return
            }
            response.verdicts?.accepted += 1
        }
        let others = candidates.filter { $0 != chosen }.compactMap { attempts[$0] }
        var step = attempt.chosen(from: others, by: writer, replacing: rejected)
        if bar?.measure == .tilted { step.value = measured }
        response.tokens[writer: writer].rejected -= attempt.step.tokens
        response.tokens[writer: writer].kept += attempt.step.tokens
        response.commit(step, tokens: attempt.step.tokens, end: attempt.end, length: attempt.length)
        if rules.endsAtAnswer { response.endAtAnswer() }
        (writer, attempts, read, rejected) = (rules.writer, [:], [:], nil)
    }

    /// Waves count once they are over.
    func wave(of response: Response) -> Int { response.waves + 1 }

    /// Whether all candidates are so bad that the response ends. Call it when all are judged.
    private func isHopeless(in response: Response) -> Bool {
        !candidates.contains { reward(of: $0, in: response) >= rules.floor }
    }

    /// What is not judged is worth as much as the solution before it.
    private func reward(of candidate: Int, in response: Response) -> Double {
        attempts[candidate]?.verdict?.reward ?? response.steps.last { $0.reward != nil }?.reward ?? 1
    }

    /// The reward, tilted where it is to be.
    private func value(of candidate: Int, in response: Response) -> Double {
        let reward = reward(of: candidate, in: response)
        guard isTilted, let read = read[candidate], let target = read[.target],
            let draft = read[.draft] ?? attempts[candidate]?.step.likelihoods
        else { return reward }
        return reward + (target.sum - draft.sum) / rules.beta
    }

    /// Draws one of several.
    ///
    /// - Parameters:
    ///   - logits: the logarithms of their probabilities, apart from a constant.
    ///   - uniform: in 0..<1.
    static func choose(_ logits: [Double], _ uniform: Double) -> Int {
        let top = logits.max() ?? 0
        var sums: [Double] = []
        for logit in logits { sums.append((sums.last ?? 0) + exp(logit - top)) }
        let total = sums.last ?? 1
        return sums.firstIndex { $0 / total > uniform } ?? logits.count - 1
    }
}
