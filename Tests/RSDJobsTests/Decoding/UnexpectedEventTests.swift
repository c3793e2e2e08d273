@testable import Decoding
import Testing

/// An event that does not fit is refused, and the trajectory stands as it stood.
@Suite("Events that do not fit")
struct UnexpectedEventTests {
    private static let draft = Event.drafted("one\n\n", "two", end: .eos)

    @Test(
        "an event out of place is refused",
        arguments: [
            Misfit("target before draft", [], .rewrote("one", end: .eos)),
            Misfit("rewards before draft", [], .rewards(1)),
            Misfit("prm as a writer", [], .wrote(.prm, ["one"], .eos)),
            Misfit("draft instead of rewards", [draft], draft),
            Misfit("target instead of rewards", [draft], .rewrote("one", end: .eos)),
            Misfit("draft instead of target", [draft, .rewards(0, 1)], draft),
            Misfit("rewards instead of target", [draft, .rewards(0, 1)], .rewards(1)),
            Misfit("retried without a failure", [draft], .retried),
            Misfit("retried at the start", [], .retried),
            Misfit("retried when finished", [draft, .rewards(1, 1)], .retried),
            Misfit("draft when finished", [draft, .rewards(1, 1)], draft),
            Misfit("failed when finished", [draft, .rewards(1, 1)], .failed(reason: "late")),
            Misfit("draft after a failure", [.failed(reason: "died")], draft),
            Misfit("failed twice", [.failed(reason: "died")], .failed(reason: "again")),
        ])
    func outOfPlace(misfit: Misfit) throws {
        try misfit.isRefused(by: .rewardGuided())
    }

    @Test(
        "rewards that were not asked for are refused",
        arguments: [
            Misfit("too few rewards", [draft], .rewards(1)),
            Misfit("too many rewards", [draft], .rewards(1, 1, 1)),
            Misfit("no rewards", [draft], .rewards()),
            Misfit("not a number", [draft], .rewards(1, .nan)),
            Misfit("a negative reward", [draft], .rewards(1, -0.1)),
            Misfit("a reward above one", [draft], .rewards(1.1, 1)),
            Misfit("an endless reward", [draft], .rewards(.infinity, 1)),
            Misfit(
                "a reward for a step that was too long", [draft],
                .scored(Scored(rewards: [1, 1], tokens: [1, 1], promptTokens: 0, overlong: [1]))),
            Misfit(
                "a step too long that was not asked about", [draft],
                .scored(Scored(rewards: [1], tokens: [1], promptTokens: 0, overlong: [2]))),
            Misfit(
                "no reward for the step in question", [draft],
                .scored(Scored(rewards: [1], tokens: [1], promptTokens: 0, overlong: [0]))),
            Misfit(
                "too few counts of what was dropped", [draft],
                .scored(Scored(rewards: [1, 1], tokens: [1, 1], promptTokens: 0, dropped: [1]))),
            Misfit("too few counts", [draft], .scored(Scored(rewards: [1, 1], tokens: [1], promptTokens: 0))),
        ])
    func rewards(misfit: Misfit) throws {
        try misfit.isRefused(by: .rewardGuided())
    }

    @Test(
        "steps that are not cut as promised are refused",
        arguments: [
            Misfit("no steps", [], .drafted(end: .eos)),
            Misfit("no text that goes on", [], .drafted("", end: .delimiter)),
            Misfit("an empty step amid others", [], .drafted("one\n\n", "", "two", end: .eos)),
            Misfit("a step without delimiter amid others", [], .drafted("one", "two", end: .eos)),
            Misfit("an end at a delimiter that is not there", [], .drafted("one\n\n", "two", end: .delimiter)),
        ])
    func steps(misfit: Misfit) throws {
        try misfit.isRefused(by: .rewardGuided())
        try misfit.isRefused(by: .rewardGuided(lookahead: .steps(1)))
        try misfit.isRefused(by: .singleModel(.draft))
    }

    @Test(
        "an event out of place is refused for a single model too",
        arguments: [
            Misfit("another writer", [], .rewrote("one", end: .eos)),
            Misfit("rewards", [], .rewards(1)),
            Misfit("retried without a failure", [], .retried),
            Misfit("more when finished", [draft], draft),
        ])
    func singleModel(misfit: Misfit) throws {
        try misfit.isRefused(by: .singleModel(.draft))
    }

    /// An event that does not fit a trajectory to which others happened before.
    struct Misfit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: [Event]
        let event: Event

        init(_ description: String, _ before: [Event], _ event: Event) {
            testDescription = description
            self.before = before
            self.event = event
        }

        func isRefused(by fresh: Trajectory) throws {
            var trajectory = fresh
            try trajectory.apply(before)
            let (response, needs) = (trajectory.response, trajectory.needs)
            #expect(throws: UnexpectedEvent.self) { try trajectory.apply(event) }
            #expect(trajectory.response == response)
            #expect(trajectory.needs == needs)
        }
    }
}
