import Decoding
import SpecYAML

/// Speculative reasoning (arXiv 2504.07891; ruipeterpan/specreason, `spec_reason.py`): the draft writes a step, the target gives it a
/// score from 0 to 9, and writes the step itself where the score is below the threshold.
///
/// The draft may write ahead: the target still judges one step after the other, each in a request of its own, up to the first that falls,
/// so that its requests and the decisions are those of the step-at-a-time algorithm. A reward is a ninth of a score.
struct SpecReason: DecodingMethod {
    let settings: SpecReasonSettings
    let lookahead: Lookahead

    private var ahead = DraftAhead()
    /// Whether the next step of the draft is known to be longer than a step may be, so that it has to be cut while it is written.
    private var isLong = false
    /// The rejected step, until the target has replaced it.
    private var rejected: RejectedStep?

    init(settings: SpecReasonSettings, lookahead: Lookahead) {
        self.settings = settings
        self.lookahead = lookahead
    }

    func needs(for response: Response) -> [Need] { [need(for: response)] }

    private func need(for response: Response) -> Need {
        let steps = response.steps.map(\.text)
        let oneStep = min(settings.stepTokens, response.remainingTokens(after: ahead.tokens))
        if rejected != nil || isFirst(response) {
            return .generate(Generation(role: .target, steps: steps, stopsAtDelimiter: true, maxTokens: oneStep))
        }
        guard wantsMoreDraft(response) else {
            return .score(
                Scoring(
                    role: .target, steps: steps + ahead.texts.prefix(1), unscored: [steps.count],
                    digit: settings.score))
        }
        let isOne = lookahead == .steps(1) || isLong
        var follows: Lookahead?
        if case .steps = lookahead, !isOne { follows = lookahead }
        return .generate(
            Generation(
                role: .draft, steps: steps + ahead.texts, stopsAtDelimiter: isOne,
                maxTokens: isOne ? oneStep : response.remainingTokens(after: ahead.tokens), lookahead: follows))
    }

    mutating func apply(_ event: Event, to response: inout Response) throws {
        switch (event, need(for: response)) {
        case (.generated(let answer), .generate(let wanted)) where answer.role == wanted.role:
            response.tokens[writer: answer.role].prompt += answer.promptTokens
            if answer.role == .draft {
                takeDraft(answer, isOne: wanted.stopsAtDelimiter, into: &response)
            } else {
                takeTarget(answer, into: &response)
            }
        case (.scored(let answer), .score(let wanted)) where answer.role == wanted.role:
            let verdicts = try answer.verdicts(on: wanted)
            response.tokens.target.prompt += answer.promptTokens
            for verdict in verdicts.values { judge(verdict, in: &response) }
        default:
            throw UnexpectedEvent(description: "expected \(need(for: response)), got \(event)")
        }
    }

    /// Whether the next step is one of the first, which the target writes.
    private func isFirst(_ response: Response) -> Bool {
        ahead.isEmpty && response.steps.count < settings.firstSteps
    }

    private func wantsMoreDraft(_ response: Response) -> Bool {
        if ahead.isEmpty { return true }
        guard ahead.end == .delimiter, !ahead.isFull(response), !isLong, !isDecisive(ahead, response)
        else { return false }
        if case .steps(let count) = lookahead { return ahead.count < count }
        return ahead.isCutShort
    }

    // MARK: The draft

    private mutating func takeDraft(_ answer: Generated, isOne: Bool, into response: inout Response) {
        var answer = isOne ? one(of: answer, in: &response) : answer
        isLong = false
        if !isOne, let long = firstLong(in: answer, response) {
            isLong = true
            response.tokens.draft.lookahead += answer.steps[long...].reduce(0) { $0 + $1.tokens }
            guard long > 0 else { return }
            answer = answer.first(long)
        }
        if ahead.isEmpty { response.waves += 1 }
        var ahead = ahead
        ahead.take(answer, into: &response) {
            if case .steps(let count) = lookahead, $0.count >= count { return true }
            return isDecisive($0, $1)
        }
        self.ahead = ahead
        takeEmptyEnd(&response)
    }

    /// The first step that step-at-a-time would have cut because no step may be longer.
    private func firstLong(in answer: Generated, _ response: Response) -> Int? {
        // The context would have ended a step that is as long as may be only with its next token.
        let fits = answer.steps.indices.last.map { answer.end == .context ? $0 : $0 + 1 } ?? 0
        return (0..<answer.usableSteps(within: response.limits)).first {
            answer.steps[$0].tokens > settings.stepTokens - ($0 < fits ? 0 : 1)
        }
    }

    /// Whether what the draft writes after these steps counts for nothing if they are accepted.
    private func isDecisive(_ ahead: DraftAhead, _ response: Response) -> Bool {
        guard settings.until == .answer, let last = ahead.texts.last else { return false }
        return Self.hasAnswer(last) || last.contains(response.endOfThoughts)
    }

    /// The first step of what was written for one, ended with the delimiter if it was cut because no step may be longer.
    private func one(of answer: Generated, in response: inout Response) -> Generated {
        // The engine stops at the delimiter, so there is one step; ignore anything after it.
        guard answer.steps.count == 1 else {
            response.tokens[writer: answer.role].lookahead += answer.steps.dropFirst().reduce(0) { $0 + $1.tokens }
            return answer.first(1)
        }
        guard answer.end == .maxTokens, settings.stepTokens < response.remainingTokens(after: ahead.tokens) else {
            return answer
        }
        var answer = answer
        answer.steps[0].text = StepSplitter(delimiter: response.limits.delimiter).withDelimiter(answer.steps[0].text)
        answer.end = .delimiter
        return answer
    }

    /// Nothing is judged where a limit left no room for a step.
    private mutating func takeEmptyEnd(_ response: inout Response) {
        guard ahead.count == 1, let last = ahead.pending.first, last.step.text.isEmpty, ahead.end != .eos else {
            return
        }
        response.tokens.draft.kept += last.step.tokens
        response.commit(Step(text: "", origin: .draft), tokens: last.step.tokens, end: ahead.end, length: last.length)
        ahead.removeAll()
    }

    // MARK: Verdicts

    private mutating func judge(_ verdict: Scored.Verdict, in response: inout Response) {
        guard let first = ahead.pending.first else { return }
        response.tokens.target.judged += verdict.tokens
        response.verdicts = response.verdicts ?? Verdicts()
        guard verdict.reward >= settings.threshold / 9 else {
            rejected = RejectedStep(text: first.step.text, reward: verdict.reward, dropped: verdict.dropped)
            response.verdicts?.rejected += 1
            response.tokens.draft.rejected += first.step.tokens
            ahead.removeFirst(1)
            drop(&response)
            return
        }
        response.verdicts?.accepted += 1
        response.tokens.draft.kept += first.step.tokens
        commit(
            Step(text: first.step.text, origin: .draft, reward: verdict.reward, dropped: verdict.dropped),
            tokens: first.step.tokens, end: ahead.end(ofStep: 0), length: first.length, to: &response)
        ahead.removeFirst(1)
        if response.finish != nil { drop(&response) } else { takeEmptyEnd(&response) }
    }

    /// Drops the pending steps as look-ahead.
    private mutating func drop(_ response: inout Response) {
        response.tokens.draft.lookahead += ahead.tokens
        ahead.removeAll()
        isLong = false
    }

    private mutating func takeTarget(_ answer: Generated, into response: inout Response) {
        if response.waves == 0 { response.waves = 1 }
        let answer = one(of: answer, in: &response)
        response.tokens.target.kept += answer.tokens
        commit(
            Step(text: answer.steps[0].text, origin: .target, rejected: rejected), tokens: answer.tokens,
            end: answer.end, length: answer.promptTokens + answer.tokens, to: &response)
        rejected = nil
    }

    /// Adds a step for good, and ends the response at an answer, or at a step that is the one before it.
    private func commit(_ step: Step, tokens: Int, end: StepEnd, length: Int, to response: inout Response) {
        guard settings.until == .answer else {
            return response.commit(step, tokens: tokens, end: end, length: length)
        }
        var step = step
        let hasAnswer = Self.hasAnswer(step.text)
        // The thoughts go on until there is an answer. The target's first steps stay as they are.
        if !hasAnswer, step.reward != nil || step.rejected != nil {
            step.text = step.text.replacing(response.endOfThoughts, with: "")
        }
        let repeats = response.steps.count > 1 && response.steps.last?.text == step.text
        response.commit(
            step, tokens: tokens, end: end, length: length, finish: hasAnswer ? .answered : repeats ? .repetition : nil)
    }
}

extension SpecReason {
    /// Whether a step has an answer, as the authors' code sees it.
    private static func hasAnswer(_ step: String) -> Bool {
        ["boxed", "Answer:", "ANSWER:"].contains { step.contains($0) }
    }
}

extension Response {
    fileprivate var endOfThoughts: String { limits.thoughts?.end ?? "</think>" }
}

/// `specreason`.
struct SpecReasonSettings: MethodSettings {
    static let key = "specreason"
    static let keys = ["threshold", "score", "first_steps", "step_tokens", "until"]

    /// Where a response ends.
    enum Until: String, CaseIterable {
        /// At the first step with an answer, or where a step repeats the one before it; thoughts do not end before.
        case answer
        /// Where the model ends it.
        case end
    }

    /// The least score of a step that is kept, in 0…9.
    let threshold: Double
    let score: DigitReading
    /// Number of steps at the beginning that the target writes.
    let firstSteps: Int
    /// Tokens that a step has at most.
    let stepTokens: Int
    let until: Until
    let roles: Set<Role> = [.draft, .target]
    let looksAhead = true
    let thresholdScale = ThresholdScale.score

    /// The defaults are those of the authors' code.
    init(
        threshold: Double = 7, score: DigitReading = .greedy, firstSteps: Int = 0, stepTokens: Int = 512,
        until: Until = .answer
    ) {
        self.threshold = threshold
        self.score = score
        self.firstSteps = firstSteps
        self.stepTokens = stepTokens
        self.until = until
    }

    init?(_ section: SpecSection) {
        self.init(
            threshold: section.value("threshold", default: 7) { $0.number(in: 0...9) },
            score: section.value("score", default: .greedy) { $0.choice(of: DigitReading.self) },
            firstSteps: section.value("first_steps", default: 0) { $0.integer(in: 0...SpecLimit.tokens) },
            stepTokens: section.value("step_tokens", default: 512) { $0.integer(in: 1...SpecLimit.tokens) },
            until: section.value("until", default: .answer) { $0.choice(of: Until.self) })
    }

    var yaml: [(key: String, value: String)] {
        [
            ("threshold", threshold.plain), ("score", score.rawValue), ("first_steps", String(firstSteps)),
            ("step_tokens", String(stepTokens)), ("until", until.rawValue),
        ]
    }

    func start(_ common: CommonSettings, draw: Draw) -> any DecodingMethod {
        SpecReason(settings: self, lookahead: common.lookahead)
    }
}
