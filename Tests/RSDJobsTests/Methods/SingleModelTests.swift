@testable import Decoding
import Testing

@Suite("draft_only and target_only")
struct SingleModelTests {
    @Test("one model writes the whole response", arguments: [Role.draft, .target])
    func oneModel(role: Role) throws {
        var trajectory = Trajectory.singleModel(role)
        #expect(
            trajectory.needs.first
                == .generate(Generation(role: role, steps: [], stopsAtDelimiter: false, maxTokens: 1_000)))
        try trajectory.apply(.wrote(role, ["one\n\n", "two"], .eos))
        #expect(trajectory.response.finish == .eos && trajectory.needs.isEmpty)
        #expect(
            trajectory.response.steps
                == [Step(text: "one\n\n", origin: role), Step(text: "two", origin: role)])
        #expect(trajectory.response.tokens[writer: role].kept == 8)
        #expect(trajectory.response.tokens[writer: role == .draft ? .target : .draft].generated == 0)
        #expect(trajectory.response.waves == 1)
    }

    @Test("an end after a delimiter is no step")
    func endAfterDelimiter() throws {
        var trajectory = Trajectory.singleModel(.draft)
        try trajectory.apply(.drafted("one\n\n", "", end: .eos))
        #expect(trajectory.response.steps.map(\.text) == ["one\n\n"])
        #expect(trajectory.response.finish == .eos)
        #expect(trajectory.response.keptTokens == 6)
    }

    @Test("steps beyond the limit are dropped")
    func beyondLimit() throws {
        var trajectory = Trajectory.singleModel(
            .draft, limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 2))
        try trajectory.apply(.drafted("1\n\n", "2\n\n", "3\n\n", "4", end: .eos))
        #expect(trajectory.response.text == "1\n\n2\n\n")
        #expect(trajectory.response.finish == .maxSteps)
        #expect(trajectory.response.tokens.draft.kept == 6)
        #expect(trajectory.response.tokens.draft.lookahead == 4)
    }

    @Test("a token limit at a delimiter ends the response")
    func tokenLimit() throws {
        var trajectory = Trajectory.singleModel(
            .target, limits: Limits(delimiter: "\n\n", maxTokens: 6, maxSteps: 9))
        try trajectory.apply(.rewrote("1\n\n", "2\n\n", end: .delimiter))
        #expect(trajectory.response.finish == .maxTokens)
        #expect(trajectory.response.remainingTokens == 0)
    }

    @Test("a response that was cut has not ended", arguments: [StepEnd.maxTokens, .context])
    func cut(end: StepEnd) throws {
        var trajectory = Trajectory.singleModel(.target)
        try trajectory.apply(.rewrote("one\n\n", "tw", end: end))
        #expect(trajectory.response.finish?.rawValue == end.rawValue)
    }

    /// A context that is full right after a delimiter shows only when the model is asked again.
    @Test("a response that ends with the delimiter goes on")
    func goesOn() throws {
        var trajectory = Trajectory.singleModel(.target)
        try trajectory.apply(.rewrote("one\n\n", end: .delimiter))
        #expect(
            trajectory.needs.first
                == .generate(
                    Generation(role: .target, steps: ["one\n\n"], stopsAtDelimiter: false, maxTokens: 995)))
        try trajectory.apply(.rewrote("", end: .context))
        #expect(trajectory.response.finish == .context && trajectory.needs.isEmpty)
        #expect(trajectory.response.text == "one\n\n")
    }
}
