@testable import Decoding
import Foundation
@testable import JobSpecs
@testable import Methods
@testable import ModelDoubles
@testable import Support
import TestSupport
import Testing

@Suite("confidence") struct ConfidenceTests {
    private func trajectory(
        _ measure: Confidence = .meanLogprob, threshold: Double = 0.5, lookahead: Lookahead = .all,
        limits: Limits = .roomy
    ) -> Trajectory {
        let id = TrajectoryID(method: "confidence", dataset: "d", problem: "p")
        return Trajectory(
            id: id, limits: limits,
            method: ConfidenceGuided(
                measure: measure, weighting: .binaryStep(threshold: threshold), lookahead: lookahead,
                draw: Draw(runSeed: 0, trajectory: id)))
    }

    /// A draft whose steps have one token per probability.
    private func drafted(_ steps: (text: String, probabilities: [Double])..., end: StepEnd) -> Event {
        .generated(
            Generated(
                role: .draft,
                steps: steps.map { text, probabilities in
                    StepText(
                        text: text, tokens: probabilities.count,
                        likelihoods: TokenLikelihoods(logprobs: probabilities.map { Float(log($0)) }))
                }, end: end, promptTokens: 2))
    }

    @Test(
        "the draft's own response decides: the first unsure step is dropped with all after it, and the target writes it"
    )
    func decision() throws {
        var trajectory = trajectory()
        #expect(
            trajectory.needs == [
                .generate(
                    Generation(role: .draft, steps: [], stopsAtDelimiter: false, maxTokens: 1_000, detail: .logprobs))
            ])
        try trajectory.apply(
            drafted(("one\n\n", [0.9, 0.8]), ("two\n\n", [0.9, 0.1]), ("three", [1, 1]), end: .eos))
        // No PRM: the next need is already the target's.
        #expect(
            trajectory.needs == [
                .generate(Generation(role: .target, steps: ["one\n\n"], stopsAtDelimiter: true, maxTokens: 998))
            ])
        try trajectory.apply(.rewrote("TWO\n\n", end: .delimiter))
        try trajectory.apply(drafted(("end", [0.7]), end: .eos))
        let response = trajectory.response
        #expect(response.finish == .eos && response.text == "one\n\nTWO\n\nend")
        #expect(response.steps.map(\.origin) == [.draft, .target, .draft])
        #expect(response.steps[1].reward == nil)
        #expect(abs((response.steps[0].reward ?? 0) - sqrt(0.72)) < 1e-6)
        #expect(abs((response.steps[1].rejected?.reward ?? 0) - 0.3) < 1e-6)
        #expect(response.verdicts == Verdicts(accepted: 2, rejected: 1))
        #expect(response.waves == 2)
        #expect(response.tokens.draft == counts(kept: 3, rejected: 2, lookahead: 2, prompt: 4))
        #expect(response.tokens.target.kept == 5)
        #expect(response.tokens.prm.prompt == 0 && response.tokens.prm.judged == 0)
    }

    private func counts(kept: Int, rejected: Int, lookahead: Int, prompt: Int) -> TokenCounts.Written {
        var counts = TokenCounts().draft
        (counts.kept, counts.rejected, counts.lookahead, counts.prompt) = (kept, rejected, lookahead, prompt)
        return counts
    }

    @Test("each measure is a number in 0…1 by its formula")
    func measures() throws {
        let tokens = TokenLikelihoods(
            logprobs: [0.5, 0.25, 1].map { Float(log($0)) }, entropies: [0.25, 0.75, 0.5], margins: [0.5, 0, 1])
        #expect(abs((Confidence.meanLogprob.of(tokens) ?? 0) - 0.5) < 1e-7)
        #expect(abs((Confidence.minLogprob.of(tokens) ?? 0) - 0.25) < 1e-7)
        #expect(abs((Confidence.entropy.of(tokens) ?? 0) - exp(-0.5)) < 1e-12)
        #expect(Confidence.margin.of(tokens) == 0.5)
        for measure in Confidence.allCases {
            #expect(measure.of(TokenLikelihoods(logprobs: [], entropies: [], margins: [])) == nil)
            #expect((measure.of(TokenLikelihoods(logprobs: [0])) == nil) == (measure.detail == .spread))
            let certain = TokenLikelihoods(logprobs: [0], entropies: [0], margins: [1])
            #expect(measure.of(certain) == 1)
            let hopeless = TokenLikelihoods(logprobs: [-.infinity], entropies: [1e30], margins: [0])
            #expect(measure.of(hopeless) == 0)
        }
    }

    @Test("a confidence equal to the threshold accepts, and the next number below rejects")
    func equality() throws {
        let confidence = try #require(Confidence.minLogprob.of(TokenLikelihoods(logprobs: [Float(log(0.7))])))
        for (threshold, isAccepted) in [(confidence, true), (confidence.nextUp, false)] {
            var trajectory = trajectory(.minLogprob, threshold: threshold)
            try trajectory.apply(drafted(("end", [0.9, 0.7]), end: .eos))
            #expect((trajectory.response.finish == .eos) == isAccepted)
        }
    }

    @Test("an end right after a delimiter is judged by the token that ends the response")
    func emptyEnd() throws {
        for (probability, isAccepted) in [(0.9, true), (0.2, false)] {
            var trajectory = trajectory()
            try trajectory.apply(drafted(("one\n\n", [1]), ("", [probability]), end: .eos))
            #expect((trajectory.response.finish == .eos) == isAccepted)
            #expect(isAccepted || trajectory.needs.first?.role == .target)
        }
    }

    @Test("a response without likelihoods is refused, never taken as unsure")
    func missing() {
        var trajectory = trajectory()
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.drafted("one", end: .eos)) }
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.rewards(1)) }
        var spread = self.trajectory(.margin)
        #expect(throws: UnexpectedEvent.self) { try spread.apply(drafted(("one", [1]), end: .eos)) }
        #expect(trajectory.response.steps.isEmpty && trajectory.response.finish == nil)
    }

    @Test("an answer that a limit cut before its first token is taken as it is")
    func cutAtOnce() throws {
        var trajectory = trajectory()
        try trajectory.apply(
            .generated(Generated(role: .draft, steps: [StepText(text: "", tokens: 0)], end: .context, promptTokens: 0)))
        #expect(trajectory.response.finish == .context)
    }

    @Test("a spec names the measure, and has to give a threshold")
    func settings() throws {
        func kind(_ settings: String) throws -> (MethodKind?, String) {
            let fixture = try SpecFixture()
            try fixture.writeJob(("- { rsd: { threshold: 0.7 } }", "- \(settings)"))
            return (try? fixture.load().spec.methods[0].kind, fixture.fault())
        }
        #expect(
            try kind("confidence: { threshold: 0.8 }").0
                == MethodKind(ConfidenceSettings(measure: .meanLogprob, weighting: .binaryStep(threshold: 0.8))))
        let other = try kind("confidence: { by: margin, weighting: logistic, alpha: 9, threshold: 0.1 }").0
        #expect(
            other == MethodKind(ConfidenceSettings(measure: .margin, weighting: .logistic(alpha: 9, threshold: 0.1))))
        #expect(other?.roles == [.draft, .target] && other?.settings.details == [.draft: .spread])
        #expect(try kind("confidence: { by: entropy, weighting: clipping }").0?.settings.drawsVerdicts == true)
        for (settings, fault) in [
            ("confidence", "missing key 'threshold' in confidence"),
            ("confidence: { by: margin }", "missing key 'threshold'"),
            ("confidence: { weighting: logistic, alpha: 3 }", "missing key 'threshold'"),
            ("confidence: { by: mean, threshold: 0.5 }", "unknown by \"mean\"; known: mean_logprob"),
            ("confidence: { weighting: constant, threshold: 0.5 }", "unknown weighting"),
            ("confidence: { weighting: clipping, threshold: 0.5 }", "does not apply to the weighting 'clipping'"),
            ("confidence: { threshold: 1.5 }", "from 0 to 1"),
            ("confidence: { threshold: 0.5, p: 0.5 }", "unknown key 'p'"),
        ] {
            let found = try kind(settings).1
            #expect(found.contains(fault), "\(settings): \(found)")
        }
    }

    @Test("a job of it alone needs no PRM")
    func noPRM() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(
            ("- { rsd: { threshold: 0.7 } }", "- confidence: { threshold: [0.8, 0.9] }"),
            ("  prm: { model: models/prm, profile: token-classification }\n", ""))
        let job = try fixture.load()
        #expect(job.spec.methods.map(\.name) == ["confidence-0.8", "confidence-0.9", "target_only"])
        #expect(job.spec.rolesInWave == [.draft, .target])
    }
}

/// `confidence` with every look-ahead against the same rule written down one step at a time.
@Suite("confidence and step-at-a-time decoding") struct ConfidenceEquivalenceTests {
    @Test("every look-ahead decides as deciding on one step at a time does")
    func everyLookahead() throws {
        var (rejected, equal, ends) = (0, 0, Set<Finish>())
        for seed in UInt64(0)..<800 {
            let decoding = RandomCase(seed: seed)
            let measure = Confidence.allCases[Int(seed % 4)]
            let usual = try #require(
                measure.of(TokenLikelihoods(logprobs: [-0.25], entropies: [0.25 / 3], margins: [1 - 0.25 / 4])))
            let weighting: Weighting =
                switch seed % 5 {
                case 0: .clipping
                case 1: .logistic(alpha: 20, threshold: usual)
                case 2: .binaryStep(threshold: usual.nextUp)
                default: .binaryStep(threshold: usual)
                }
            let expected = stepAtATime(decoding, measure, weighting)
            rejected += expected.steps.count { $0.rejected != nil }
            equal += expected.steps.count { $0.reward == usual && weighting == .binaryStep(threshold: usual) }
            if let finish = expected.finish { ends.insert(finish) }
            for lookahead in [Lookahead.steps(1), .steps(2), .auto, .all] {
                var trajectory = Trajectory(
                    id: decoding.id, limits: decoding.limits,
                    method: ConfidenceGuided(
                        measure: measure, weighting: weighting, lookahead: lookahead, draw: decoding.draw))
                let events = try FakeEngine(models: decoding.models).finish(&trajectory)
                #expect(events.allSatisfy { if case .scored = $0 { false } else { true } })
                let response = trajectory.response
                var tokens = response.tokens
                if lookahead != .steps(1) {
                    (tokens.draft.lookahead, tokens.draft.prompt) = (0, expected.tokens.draft.prompt)
                }
                let actual = Outcome(
                    steps: response.steps, finish: response.finish, keptTokens: response.keptTokens, tokens: tokens)
                try #require(actual == expected, "\(decoding), \(measure), \(weighting), look-ahead \(lookahead)")
            }
        }
        #expect(rejected > 500 && equal > 300, "\(rejected) \(equal)")
        #expect(ends.isSuperset(of: [.eos, .maxTokens, .maxSteps, .context]))
    }

    private func stepAtATime(_ decoding: RandomCase, _ measure: Confidence, _ weighting: Weighting) -> Outcome {
        let (engine, limits) = (FakeEngine(models: decoding.models), decoding.limits)
        var outcome = Outcome()
        func write(_ role: Role, _ left: Int) -> Generated {
            let need = Need.generate(
                Generation(
                    role: role, steps: outcome.steps.map(\.text), stopsAtDelimiter: true, maxTokens: left,
                    detail: .spread))
            guard case .generated(let answer) = engine.answer(need) else { fatalError() }
            return answer
        }
        while outcome.finish == nil {
            let left =
                switch limits.tokens {
                case .response(let most): most - outcome.keptTokens
                case .call(let most): most
                }
            var taken = write(.draft, left)
            outcome.tokens.draft.prompt += taken.promptTokens
            let draft = taken.steps[0]
            if draft.text.isEmpty, taken.end != .eos {
                outcome.tokens.draft.kept += draft.tokens
            } else if let reward = draft.likelihoods.flatMap(measure.of),
                weighting.accepts(
                    reward: reward, uniform: { decoding.draw.uniform(step: outcome.steps.count, attempt: 0) })
            {
                outcome.tokens.draft.kept += draft.tokens
                outcome.steps.append(Step(text: draft.text, origin: .draft, reward: reward))
            } else {
                let reward = draft.likelihoods.flatMap(measure.of) ?? .nan
                taken = write(.target, left)
                outcome.tokens.draft.rejected += draft.tokens
                outcome.tokens.target.prompt += taken.promptTokens
                outcome.tokens.target.kept += taken.steps[0].tokens
                outcome.steps.append(
                    Step(
                        text: taken.steps[0].text, origin: .target,
                        rejected: RejectedStep(text: draft.text, reward: reward)))
            }
            outcome.keptTokens += taken.steps[0].tokens
            outcome.finish = finish(taken, outcome, limits)
        }
        return outcome
    }

    private func finish(_ taken: Generated, _ outcome: Outcome, _ limits: Limits) -> Finish? {
        switch taken.end {
        case .eos: return .eos
        case .maxTokens: return .maxTokens
        case .context: return .context
        case .delimiter:
            let isReached =
                switch limits.tokens {
                case .response(let most): outcome.keptTokens == most
                case .call(let most): taken.promptTokens + taken.steps[0].tokens >= most
                }
            return isReached ? .maxTokens : outcome.steps.count == limits.maxSteps ? .maxSteps : nil
        }
    }
}
