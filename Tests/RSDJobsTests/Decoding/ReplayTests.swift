@testable import Decoding
@testable import ModelDoubles
import TestSupport
import Testing

/// The events are all there is to a trajectory: who has them has its state.
@Suite("Replay")
struct ReplayTests {
    @Test("every prefix of the events restores the state", arguments: [Lookahead.steps(1), .steps(3), .all])
    func everyPrefix(lookahead: Lookahead) throws {
        for seed in 0..<100 as Range<UInt64> {
            let decoding = RandomCase(seed: seed)
            let recording = try Recording(decoding, lookahead, isTroubled: true)
            for length in 0...recording.events.count {
                var replayed = decoding.trajectory(lookahead: lookahead)
                try replayed.apply(Array(recording.events.prefix(length)))
                try #require(
                    replayed.response == recording.responses[length], "\(decoding), \(length) events")
                try #require(replayed.needs == recording.needs[length], "\(decoding), \(length) events")
            }
        }
    }

    @Test("a failure that is retried leaves no trace", arguments: [Lookahead.steps(1), .steps(3), .all])
    func forgivenFailure(lookahead: Lookahead) throws {
        for seed in 0..<300 as Range<UInt64> {
            let decoding = RandomCase(seed: seed)
            let troubled = try Recording(decoding, lookahead, isTroubled: true)
            let smooth = try Recording(decoding, lookahead, isTroubled: false)
            try #require(troubled.events.count > smooth.events.count)
            try #require(troubled.responses.last == smooth.responses.last, "\(decoding)")
        }
    }
}

/// The life of a trajectory: its events, and its state before the first and after each.
private struct Recording {
    private(set) var events: [Event] = []
    private(set) var responses: [Response] = []
    private(set) var needs: [[Need]] = []

    // A troubled life fails now and then, at least once, and is retried.
    init(_ decoding: RandomCase, _ lookahead: Lookahead, isTroubled: Bool) throws {
        let engine = FakeEngine(models: decoding.models)
        var random = SeededRandom(seed: decoding.seed)
        var trajectory = decoding.trajectory(lookahead: lookahead)
        note(trajectory)
        while let answer = engine.answer(trajectory.needs.first) {
            guard events.count < 2_000 else { throw Runaway() }
            var next = [answer]
            if isTroubled, events.isEmpty || Int.random(in: 0..<3, using: &random) == 0 {
                next = [.failed(reason: "the engine died"), .retried, answer]
            }
            for event in next {
                try trajectory.apply(event)
                events.append(event)
                note(trajectory)
            }
        }
    }

    private mutating func note(_ trajectory: Trajectory) {
        responses.append(trajectory.response)
        needs.append(trajectory.needs)
    }
}
