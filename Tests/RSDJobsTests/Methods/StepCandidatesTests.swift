import Foundation
import TestSupport
import Testing

@testable import Decoding
@testable import Methods

/// What the models of a test make of a candidate.
private struct Candidates {
    var text: (_ role: Role, _ steps: [String], _ candidate: Int) -> (String, StepEnd)
    var reward: (String) -> Double = { _ in 0.5 }
    /// Log-probability of a step, by its text.
    var draft: (String) -> Float = { _ in -1 }
    var target: (String) -> Float = { _ in -1 }
    /// Tokens of a text in the target's tokenizer; three in the draft's.
    var targetTokens = 3

    func answer(_ need: Need) -> Event {
        switch need {
        case .generate(let wanted):
            let (text, end) = text(wanted.role, wanted.steps, wanted.candidate)
            let likelihoods = wanted.detail > .text ? row(draft(text), 3) : nil
            return .generated(
                Generated(
                    role: wanted.role, steps: [StepText(text: text, tokens: 3, likelihoods: likelihoods)], end: end,
                    promptTokens: 10, candidate: wanted.candidate))
        case .score(let wanted):
            return .scored(
                Scored(
                    rewards: [reward(wanted.steps.last ?? "")], tokens: [2], promptTokens: 20,
                    candidate: wanted.candidate))
        case .likelihood(let wanted):
            let text = wanted.steps.last ?? ""
            return .likelihood(
                Likelihood(
                    role: wanted.role,
                    steps: [row(wanted.role == .target ? target(text) : 2 * draft(text), targetTokens)],
                    promptTokens: 13, candidate: wanted.candidate))
        }
    }

    private func row(_ sum: Float, _ tokens: Int) -> TokenLikelihoods {
        TokenLikelihoods(logprobs: [sum] + Array(repeating: 0, count: tokens - 1))
    }
}

@Suite("Candidates for a step, drawn by their rewards") struct StepCandidatesTests {
    private static let sampling = Sampling(temperature: 0.7, topP: 1)

    private func rules(
        count: Int = 3, targetCount: Int = 2, beta: Double = 20, isTilted: Bool = false,
        bar: StepCandidates.Bar? = nil, floor: Double = 0.1, writer: Role = .draft, endsAtAnswer: Bool = false
    ) -> StepCandidates.Rules {
        .init(
            writer: writer, count: count, targetCount: targetCount, sampling: Self.sampling, beta: beta,
            isTilted: isTilted, bar: bar, floor: floor, endsAtAnswer: endsAtAnswer)
    }

    private func trajectory(_ rules: StepCandidates.Rules, problem: String = "p", judgesEmptyEnd: Bool = false)
        -> Trajectory
    {
        let id = TrajectoryID(method: "m", dataset: "d", problem: problem)
        return Trajectory(
            id: id, limits: .roomy,
            method: StepCandidates(rules, judgesEmptyEnd: judgesEmptyEnd, draw: Draw(runSeed: 0, trajectory: id)))
    }

    /// Answers all needs of a kind that are open now.
    private func round(_ trajectory: inout Trajectory, _ models: Candidates, reversed: Bool = false) throws {
        let waves = trajectory.response.waves
        while trajectory.response.finish == nil, trajectory.response.waves == waves {
            let need = try #require(reversed ? trajectory.needs.last : trajectory.needs.first)
            try trajectory.apply(models.answer(need))
        }
    }

    private let bar = StepCandidates.Bar(threshold: 0.5, measure: .tilted, includesThreshold: false)

    @Test("candidates are drawn in proportion to exp(beta r), as numpy.random.choice draws them")
    func distribution() {
        let logits = [0.2, 0.5, 0.1].map { 4 * $0 }
        let total = logits.reduce(0) { $0 + exp($1) }
        var counts = [0, 0, 0]
        let draws = 2000
        for problem in 0..<draws {
            let draw = Draw(runSeed: 3, trajectory: TrajectoryID(method: "m", dataset: "d", problem: "\(problem)"))
            counts[StepCandidates.choose(logits, draw.choice(step: 2, attempt: 1))] += 1
        }
        // Chi-squared with two degrees of freedom: above 13.8 once in a thousand.
        let chi = zip(counts, logits).reduce(0.0) { sum, pair in
            let expected = exp(pair.1) / total * Double(draws)
            return sum + pow(Double(pair.0) - expected, 2) / expected
        }
        #expect(chi < 13.8)
        // numpy.searchsorted(cdf, u, side='right'): a number at the end of a part belongs to the next.
        #expect([0, 0.4999, 0.5, 0.9999].map { StepCandidates.choose([1, 1], $0) } == [0, 0, 1, 1])
        #expect(StepCandidates.choose([-1e6, 0], 0) == 1)
        #expect(StepCandidates.choose([0], 0.99) == 0)
    }

    @Test("without a bar, one candidate of each step is kept, whoever writes them")
    func softBestOfN() throws {
        for role in [Role.draft, .target] {
            var trajectory = trajectory(rules(writer: role))
            let models = Candidates(
                text: { _, steps, k in
                    ("\(steps.count)\(k)" + (steps.count == 1 ? "" : "\n\n"), steps.count == 1 ? .eos : .delimiter)
                },
                reward: { $0.hasPrefix("01") || $0.hasPrefix("12") ? 1 : 0 })
            try round(&trajectory, models)
            try round(&trajectory, models)
            let response = trajectory.response
            #expect(response.text == "01\n\n12" && response.finish == .eos)
            #expect(response.steps.map(\.origin) == [role, role] && response.steps.map(\.reward) == [1, 1])
            #expect(response.steps[1].alternatives?.map(\.text) == ["10", "11"])
            #expect(response.tokens[writer: role] == .init(kept: 6, rejected: 12, lookahead: 0, prompt: 60))
            #expect(response.tokens.prm == .init(judged: 12, prompt: 120))
            #expect(response.verdicts == nil && response.waves == 2)
        }
    }

    @Test("a candidate that the target finds likelier than the draft is drawn for it")
    func tilted() throws {
        var trajectory = trajectory(rules(beta: 20, isTilted: true, bar: bar))
        // The first has the best reward; e^19 weighs more than e^(20 · 0.4).
        let models = Candidates(
            text: { _, _, k in (["a", "b", "c"][k], .eos) }, reward: { $0 == "a" ? 0.9 : 0.5 },
            draft: { $0 == "b" ? -30 : -1 }, target: { $0 == "b" ? -1 : -1 })
        try round(&trajectory, models)
        #expect(trajectory.response.text == "b")
        let step = trajectory.response.steps[0]
        #expect(step.reward == 0.5 && abs((step.value ?? 0) - (0.5 + 29.0 / 20)) < 1e-6)
        #expect(trajectory.response.tokens.target == .init(kept: 0, rejected: 0, lookahead: 0, prompt: 39, judged: 9))
        #expect(trajectory.response.verdicts == Verdicts(accepted: 1, rejected: 0))
    }

    @Test("the threshold itself is not enough for gsi, and is for rsd_best_of_n")
    func threshold() throws {
        for (includes, measure) in [(false, StepCandidates.Bar.Measure.tilted), (true, .reward), (false, .reward)] {
            let bar = StepCandidates.Bar(threshold: 0.5, measure: measure, includesThreshold: includes)
            var trajectory = trajectory(rules(count: 1, isTilted: measure == .tilted, bar: bar))
            try round(
                &trajectory, Candidates(text: { role, _, _ in (role.rawValue, .eos) }, reward: { _ in 0.5 }))
            #expect((trajectory.response.text == "draft") == includes)
        }
    }

    @Test("what is rejected is replaced by one of the target's candidates, which are drawn by their rewards alone")
    func rejected() throws {
        var trajectory = trajectory(rules(isTilted: true, bar: bar))
        let models = Candidates(
            text: { role, _, k in ("\(role.rawValue)\(k)\n\n", .delimiter) },
            reward: { $0 == "target1\n\n" ? 1 : 0.3 }, target: { _ in -9 })
        try round(&trajectory, models)
        #expect(trajectory.response.steps.isEmpty)
        #expect(trajectory.needs.map(\.role) == [.target, .target])
        guard case .generate(let wanted) = trajectory.needs[0] else { return }
        #expect(wanted.detail == .text)
        try round(&trajectory, models)
        let step = trajectory.response.steps[0]
        #expect(step.text == "target1\n\n" && step.origin == .target && step.reward == 1 && step.value == nil)
        #expect(step.rejected?.reward == 0.3 && abs((step.rejected?.value ?? 0) - (0.3 - 8.0 / 20)) < 1e-6)
        #expect(step.alternatives?.map(\.text) == ["target0\n\n"])
        #expect(trajectory.response.tokens.draft == .init(kept: 0, rejected: 9, lookahead: 0, prompt: 30))
        #expect(
            trajectory.response.tokens.target == .init(kept: 3, rejected: 3, lookahead: 0, prompt: 39 + 20, judged: 9))
        #expect(trajectory.response.waves == 2)
        // The next step is the draft's again.
        #expect(trajectory.needs.map(\.role) == [.draft, .draft, .draft])
    }

    @Test("where the target has other tokens, the draft reads its own text in them")
    func otherTokens() throws {
        var models = Candidates(text: { _, _, _ in ("a", .eos) })
        models.targetTokens = 4
        var trajectory = trajectory(rules(count: 1, isTilted: true, bar: bar))
        var roles: [Role] = []
        while let need = trajectory.needs.first {
            roles.append(need.role)
            try trajectory.apply(models.answer(need))
        }
        #expect(roles == [.draft, .prm, .target, .draft])
        // What the draft finds then is twice as unlikely as what it said when it wrote it.
        #expect(abs((trajectory.response.steps[0].value ?? 0) - (0.5 + 1.0 / 20)) < 1e-6)
        #expect(trajectory.response.tokens.draft.prompt == 23)
    }

    @Test("a round without a good candidate ends the response, and nobody reads it")
    func hopeless() throws {
        for isTilted in [true, false] {
            var trajectory = trajectory(rules(isTilted: isTilted, bar: bar))
            let models = Candidates(
                text: { _, steps, _ in (steps.isEmpty ? "a\n\n" : "b\n\n", .delimiter) },
                reward: { $0 == "a\n\n" ? 1 : 0.0999 })
            for _ in 0..<2 { try round(&trajectory, models) }
            #expect(trajectory.response.text == "a\n\n" && trajectory.response.finish == .lowRewards)
            #expect(trajectory.response.finish?.isCut == true)
            #expect(trajectory.response.tokens.target.prompt == (isTilted ? 39 : 0))
            #expect(trajectory.response.tokens.draft == .init(kept: 3, rejected: 15, lookahead: 0, prompt: 60))
        }
    }

    @Test("an end without text is worth as much as the solution before it, unless it is judged")
    func emptyEnd() throws {
        for judged in [false, true] {
            var trajectory = trajectory(rules(count: 1, floor: 0), judgesEmptyEnd: judged)
            let models = Candidates(
                text: { _, steps, _ in steps.isEmpty ? ("a\n\n", .delimiter) : ("", .eos) },
                reward: { $0.isEmpty ? 0.2 : 0.7 })
            for _ in 0..<2 { try round(&trajectory, models) }
            #expect(trajectory.response.finish == .eos)
            #expect(trajectory.response.steps.map(\.reward) == (judged ? [0.7, 0.2] : [0.7]))
        }
    }

    @Test("with until: answer, a response ends with the step that has it in a box, whoever wrote it")
    func answered() throws {
        for (endsAtAnswer, rejects) in [(true, false), (true, true), (false, false)] {
            var trajectory = trajectory(
                rules(isTilted: true, bar: bar, endsAtAnswer: endsAtAnswer))
            let texts = ["a\n\n", "So \\boxed{\\frac{1}{2}}.\n\n", "Let me see again.\n\n"]
            let models = Candidates(
                text: { _, steps, _ in (texts[steps.count], .delimiter) }, reward: { _ in 0.8 },
                target: { _ in rejects ? -90 : -1 })
            while trajectory.response.finish == nil, trajectory.response.steps.count < 3 {
                try round(&trajectory, models)
            }
            let response = trajectory.response
            #expect(response.finish == (endsAtAnswer ? .answered : nil))
            #expect(response.steps.map(\.text) == Array(texts.prefix(endsAtAnswer ? 2 : 3)))
            #expect(response.steps.last?.origin == (rejects ? .target : .draft))
            #expect(response.answer == "\\frac{1}{2}" && trajectory.needs.isEmpty == endsAtAnswer)
        }
    }

    @Test("a response that its model ends with the answer ended there, and a box that is open is no answer")
    func endedByModel() throws {
        for (text, end, finish) in [
            ("\\boxed{2}", StepEnd.eos, Finish.eos), ("\\boxed{2}", .maxTokens, .maxTokens),
            ("\\boxed{2\n\n", .delimiter, nil), ("boxed 2\n\n", .delimiter, nil),
        ] as [(String, StepEnd, Finish?)] {
            var trajectory = trajectory(rules(count: 1, endsAtAnswer: true))
            try round(&trajectory, Candidates(text: { _, _, _ in (text, end) }))
            #expect(trajectory.response.finish == finish, "\(text)")
        }
    }

    @Test("neither the order of responses nor what else is in the batch changes anything, and a replay ends the same")
    func order() throws {
        for seed in 0..<60 {
            var random = SeededRandom(seed: UInt64(seed))
            let length = Int.random(in: 1...4, using: &random)
            let rules = rules(
                count: Int.random(in: 1...4, using: &random), targetCount: Int.random(in: 1...3, using: &random),
                beta: [0.5, 5, 20].randomElement(using: &random) ?? 1, isTilted: seed % 2 == 0,
                bar: seed % 5 == 0 ? nil : bar, floor: 0.05)
            func value(_ text: String, _ salt: Int) -> Double {
                Double(text.utf8.reduce(salt + seed) { ($0 &* 31 &+ Int($1)) % 997 }) / 997
            }
            let models = Candidates(
                text: { role, steps, k in
                    let text = "\(role.rawValue)\(steps.count)-\(k)-\(seed)"
                    return steps.count == length ? (text, .eos) : (text + "\n\n", .delimiter)
                }, reward: { value($0, 1) }, draft: { -Float(value($0, 2)) * 8 }, target: { -Float(value($0, 3)) * 8 })
            func finished(_ pick: ([Need]) -> Need?) throws -> (Response, [Event]) {
                var trajectory = trajectory(rules, problem: "p\(seed)")
                var events: [Event] = []
                while let need = pick(trajectory.needs) {
                    events.append(models.answer(need))
                    try trajectory.apply(events[events.count - 1])
                }
                return (trajectory.response, events)
            }
            let (response, events) = try finished(\.first)
            #expect(response.finish != nil)
            #expect(try finished(\.last).0 == response)
            #expect(try finished { $0.randomElement(using: &random) }.0 == response)
            var replayed = trajectory(rules, problem: "p\(seed)")
            for event in events { try replayed.apply(event) }
            #expect(replayed.response == response)
            let counts = events.reduce(into: TokenCounts()) { counts, event in
                switch event {
                case .generated(let answer): counts[writer: answer.role].kept += answer.tokens
                case .likelihood(let answer): counts[writer: answer.role].prompt += answer.promptTokens
                default: break
                }
            }
            #expect(response.tokens.draft.generated == counts.draft.kept)
            #expect(response.tokens.target.generated == counts.target.kept)
        }
    }

    @Test("responses that nothing waits for, or that lack what was asked, are refused")
    func refusals() throws {
        var trajectory = trajectory(rules(isTilted: true, bar: bar))
        let models = Candidates(text: { _, _, _ in ("a", .eos) })
        let wanted = LikelihoodRequest(role: .target, steps: ["a"], first: 0, isEnded: true)
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(models.answer(.likelihood(wanted))) }
        #expect(throws: UnexpectedEvent.self) {
            try trajectory.apply(
                .generated(
                    Generated(role: .draft, steps: [StepText(text: "a", tokens: 3)], end: .eos, promptTokens: 1)))
        }
        for _ in 0..<6 { try trajectory.apply(models.answer(trajectory.needs[0])) }
        #expect(trajectory.needs.map(\.role) == [.target, .target, .target])
        #expect(throws: UnexpectedEvent.self) {
            try trajectory.apply(.likelihood(Likelihood(role: .target, steps: [], promptTokens: 1)))
        }
    }
}
