@testable import Decoding
import Testing

/// A trajectory that failed stands still until it is retried, and then goes on from where it stood.
struct FailureTests {
    private static let life: [Event] = [
        .drafted("one\n\n", "two\n\n", "three", end: .eos), .rewards(1, 0, 1),
        .rewrote("TWO\n\n", end: .delimiter),
        .drafted("four", end: .eos),
    ]

    @Test(arguments: 0...life.count)
    func failsAndIsRetriedInEveryState(length: Int) throws {
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

    @Test func mayFailAgain() throws {
        var trajectory = Trajectory.singleModel(.draft)
        try trajectory.apply([.failed(reason: "first"), .retried, .failed(reason: "second")])
        #expect(trajectory.response.failure == "second")
    }
}
