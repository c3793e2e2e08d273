@testable import Decoding
@testable import Methods
@testable import ModelDoubles
import TestSupport
import Testing

/// Whatever the draft writes ahead, the response is that of the authors' loop, which goes one step at a time.
@Suite("specreason and its authors' loop") struct SpecReasonEquivalenceTests {
    private static let lookaheads: [Lookahead] = [.steps(1), .steps(2), .steps(3), .auto, .all]

    @Test("every look-ahead decides as the loop does, and every token is accounted for")
    func loop() async throws {
        var seen: [Finish: Int] = [:]
        var (removed, cut, drafted, rewritten) = (0, 0, 0, 0)
        for seed in 0..<4_000 as Range<UInt64> {
            if seed.isMultiple(of: 50) { await Task.yield() }
            let (decoding, settings) = randomCase(seed)
            let expected = decodeSpecReason(models: decoding.models, settings: settings, limits: decoding.limits)
            if let finish = expected.finish { seen[finish, default: 0] += 1 }
            drafted += expected.steps.count { $0.origin == .draft }
            rewritten += expected.steps.count { $0.rejected != nil }
            for lookahead in Self.lookaheads {
                var trajectory = trajectory(decoding, settings, lookahead)
                let events = try FakeEngine(models: decoding.models).finish(&trajectory)
                let response = trajectory.response
                let actual = Outcome(
                    steps: response.steps, finish: response.finish, keptTokens: response.keptTokens,
                    tokens: response.tokens)
                var comparable = actual
                comparable.tokens.draft.lookahead = 0
                if lookahead != .steps(1) { comparable.tokens.draft.prompt = expected.tokens.draft.prompt }
                try #require(comparable == expected, "\(decoding) \(settings) \(lookahead)")
                let written = events.reduce(0) { $0 + $1.tokensWritten(by: .draft) }
                try #require(response.tokens.draft.generated == written, "\(decoding) \(lookahead)")
                if lookahead == .all {
                    removed += events.count { $0.text.contains("</think>") && !response.text.contains("</think>") }
                    cut += events.count { $0.isCut && response.finish != .maxTokens }
                }
            }
        }
        for finish in [Finish.eos, .maxTokens, .maxSteps, .context, .answered, .repetition] {
            #expect(seen[finish, default: 0] > 20, "\(finish) was hardly tested")
        }
        #expect(min(removed, cut) > 100, "\(removed) marks, \(cut) long steps")
        #expect(min(drafted, rewritten) > 2_000)
    }

    @Test("every prefix of the events restores the state")
    func replay() throws {
        for seed in 0..<150 as Range<UInt64> {
            let (decoding, settings) = randomCase(seed)
            for lookahead in [Lookahead.steps(1), .steps(3), .all] {
                var original = trajectory(decoding, settings, lookahead)
                var (states, needs) = ([original.response], [original.needs])
                var events: [Event] = []
                let engine = FakeEngine(models: decoding.models)
                while let event = engine.answer(original.needs.first), events.count < 1_000 {
                    for event in [.failed(reason: "the engine died"), .retried, event] {
                        try original.apply(event)
                        events.append(event)
                        states.append(original.response)
                        needs.append(original.needs)
                    }
                }
                for length in 0...events.count {
                    var replayed = trajectory(decoding, settings, lookahead)
                    try replayed.apply(Array(events.prefix(length)))
                    try #require(replayed.response == states[length] && replayed.needs == needs[length])
                }
            }
        }
    }

    @Test("a trajectory alone is the one that takes turns with others at random")
    func independence() throws {
        func batch() -> [Trajectory] {
            (0..<60).map { trajectory(randomCase(UInt64($0)).0, randomCase(UInt64($0)).1, Self.lookaheads[$0 % 5]) }
        }
        let engines = (0..<60).map { FakeEngine(models: randomCase(UInt64($0)).0.models) }
        var alone = batch()
        for index in alone.indices { _ = try engines[index].finish(&alone[index]) }
        var random = SeededRandom(seed: 1)
        var mixed = batch()
        while let index = mixed.indices.filter({ !mixed[$0].needs.isEmpty }).randomElement(using: &random) {
            try mixed[index].apply(#require(engines[index].answer(mixed[index].needs.first)))
        }
        #expect(mixed.map(\.response) == alone.map(\.response))
    }

    private func randomCase(_ seed: UInt64) -> (RandomCase, SpecReasonSettings) {
        var random = SeededRandom(seed: seed ^ 0x5bec)
        var decoding = RandomCase(seed: seed)
        decoding.writesMarks(["boxed", "</think>", "Answer:", "a"], rewards: (0...9).map { Double($0) / 9 })
        return (
            decoding,
            SpecReasonSettings(
                threshold: Double(Int.random(in: 0...9, using: &random)),
                score: DigitReading.allCases.randomElement(using: &random) ?? .greedy,
                firstSteps: [0, 0, 1, 2].randomElement(using: &random) ?? 0,
                stepTokens: [512, 512, 2, 3, 6].randomElement(using: &random) ?? 512,
                until: [.answer, .answer, .end].randomElement(using: &random) ?? .answer)
        )
    }

    private func trajectory(
        _ decoding: RandomCase, _ settings: SpecReasonSettings, _ lookahead: Lookahead
    ) -> Trajectory {
        Trajectory(
            id: decoding.id, limits: decoding.limits, method: SpecReason(settings: settings, lookahead: lookahead))
    }
}

extension Event {
    fileprivate var generated: Generated? { if case .generated(let answer) = self { answer } else { nil } }

    fileprivate func tokensWritten(by role: Role) -> Int { generated.map { $0.role == role ? $0.tokens : 0 } ?? 0 }

    fileprivate var text: String { generated?.steps.map(\.text).joined() ?? "" }

    fileprivate var isCut: Bool { generated?.end == .maxTokens }
}
