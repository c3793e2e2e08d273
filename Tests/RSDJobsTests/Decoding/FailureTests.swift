@testable import Decoding
import Testing

/// A trajectory that failed stands still until it is retried, and then goes on from where it stood.
@Suite("Failed trajectories")
struct FailureTests {
    private static let life: [Event] = [
        .drafted("one\n\n", "two\n\n", "three", end: .eos), .rewards(1, 0, 1),
        .rewrote("TWO\n\n", end: .delimiter),
        .drafted("four", end: .eos),
    ]

    @Test("a trajectory may fail and be retried in every state", arguments: 0...life.count)
    func everyState(length: Int) throws {
        var trajectory = Trajectory.rewardGuided()
        try trajectory.apply(Array(Self.life.prefix(length)))
        let (response, needs) = (trajectory.response, trajectory.needs)

        try trajectory.apply(.failed(reason: "the engine died"))
        #expect(trajectory.response.finish == .failed && trajectory.needs.isEmpty)
        #expect(trajectory.response.failure == "the engine died")
        #expect(trajectory.response.steps == response.steps)
        #expect(trajectory.response.tokens == response.tokens)

        try trajectory.apply(.retried)
        #expect(trajectory.response == response)
        #expect(trajectory.needs == needs)
    }

    @Test("a retried trajectory may fail again")
    func again() throws {
        var trajectory = Trajectory.singleModel(.draft)
        try trajectory.apply([.failed(reason: "first"), .retried, .failed(reason: "second")])
        #expect(trajectory.response.failure == "second")
    }
}
