@testable import Decoding
@testable import Methods
import Testing

@Suite("step_search") struct StepSearchTests {
    private func trajectory(beams: Int, candidates: Int, limits: Limits = .roomy) -> Trajectory {
        Trajectory(
            id: TrajectoryID(method: "m", dataset: "d", problem: "p"), limits: limits,
            method: GuidedSearch(
                StepSearch.Rules(beams: beams, candidates: beams * candidates),
                sampling: Sampling(temperature: 0.7, topP: 0.8), limits: limits))
    }

    /// Answers every need; what is written goes by the steps so far and the candidate, what it is worth by its text.
    private func round(
        _ trajectory: inout Trajectory, reversed: Bool = false, write: ([String], Int) -> (String, StepEnd),
        worth: (String) -> Double
    ) throws {
        let rounds = trajectory.response.waves
        while trajectory.response.waves == rounds {
            let need = try #require(reversed ? trajectory.needs.last : trajectory.needs.first)
            switch need {
            case .generate(let wanted):
                let (text, end) = write(wanted.steps, wanted.candidate)
                #expect(wanted.stopsAtDelimiter)
                try trajectory.apply(
                    .generated(
                        Generated(
                            role: .draft, steps: [StepText(text: text, tokens: 3)], end: end, promptTokens: 10,
                            candidate: wanted.candidate)))
            case .likelihood: Issue.record("nobody asks how likely a text is")
            case .score(let wanted):
                let text = try #require(wanted.steps.last)
                #expect(wanted.unscored == [wanted.steps.count - 1])
                try trajectory.apply(
                    .scored(
                        Scored(
                            rewards: [worth(text)], tokens: [3], promptTokens: 20, candidate: wanted.candidate)))
            }
        }
    }

    @Test("with one beam, the best candidate of each step is taken")
    func oneBeam() throws {
        var trajectory = trajectory(beams: 1, candidates: 3)
        #expect(trajectory.needs.map(\.candidate) == [0, 1, 2])
        let worth = ["a\n\n": 0.2, "b\n\n": 0.9, "c\n\n": 0.4, "x": 0.3, "y": 0.3, "z": 0.1]
        try round(&trajectory, write: { _, k in (["a\n\n", "b\n\n", "c\n\n"][k], .delimiter) }) { worth[$0] ?? 0 }
        #expect(trajectory.response.finish == nil)
        try round(
            &trajectory,
            write: { steps, k in
                #expect(steps == ["b\n\n"])
                return (["x", "y", "z"][k], .eos)
            }
        ) { worth[$0] ?? 0 }
        let response = trajectory.response
        #expect(response.finish == .eos)
        #expect(response.text == "b\n\nx")
        #expect(response.steps.map(\.reward) == [0.9, 0.3])
        #expect(response.steps[0].alternatives?.map(\.text) == ["a\n\n", "c\n\n"])
        #expect(response.steps[0].alternatives?.map(\.reward) == [0.2, 0.4])
        #expect(response.tokens.draft == .init(kept: 6, rejected: 12, lookahead: 0, prompt: 60))
        #expect(response.tokens.prm == .init(judged: 18, prompt: 120))
        #expect(response.waves == 2)
        #expect(response.verdicts == nil)
    }

    @Test("the best beams go on, and a finished one may be overtaken")
    func beams() throws {
        var trajectory = trajectory(beams: 2, candidates: 2)
        // One root writes as many candidates as two beams will.
        #expect(trajectory.needs.count == 4)
        let worth = ["a\n\n": 0.5, "done": 0.6, "c\n\n": 0.8, "d\n\n": 0.1, "aa": 0.7, "cc": 0.9, "-": 0.05]
        try round(
            &trajectory,
            write: { _, k in [("a\n\n", .delimiter), ("done", .eos), ("c\n\n", .delimiter), ("d\n\n", .delimiter)][k] }
        ) { worth[$0] ?? 0 }
        // `done` and `c` are left; one beam is open.
        #expect(trajectory.needs.count == 2)
        try round(&trajectory, write: { steps, k in (k == 0 ? "cc" : "-", .eos) }) { worth[$0] ?? 0 }
        #expect(trajectory.response.text == "c\n\ncc")
        #expect(trajectory.response.finish == .eos)
    }

    @Test("an end without text has the value of its solution")
    func emptyEnd() throws {
        for (other, expected) in [(0.8, "one\n\ntwo"), (0.6, "one\n\n")] {
            var trajectory = trajectory(beams: 1, candidates: 2)
            try round(&trajectory, write: { _, _ in ("one\n\n", .delimiter) }) { _ in 0.7 }
            try round(&trajectory, write: { _, k in k == 0 ? ("", .eos) : ("two", .eos) }) { _ in other }
            #expect(trajectory.response.text == expected)
        }
    }

    @Test("the order of responses changes nothing")
    func order() throws {
        func finished(reversed: Bool) throws -> Response {
            var trajectory = trajectory(beams: 2, candidates: 3)
            var rounds = 0
            while trajectory.response.finish == nil {
                rounds += 1
                try round(
                    &trajectory, reversed: reversed,
                    write: { steps, k in
                        ("\(steps.count)-\(k)" + (rounds == 4 ? "" : "\n\n"), rounds == 4 ? .eos : .delimiter)
                    }
                ) { Double($0.utf8.reduce(7) { ($0 &* 31 &+ Int($1)) % 97 }) / 97 }
            }
            return trajectory.response
        }
        let response = try finished(reversed: false)
        #expect(response == (try finished(reversed: true)))
        #expect(response.steps.count == 4)
    }

    @Test("each beam has its own limits")
    func limits() throws {
        var trajectory = trajectory(
            beams: 1, candidates: 2, limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 2))
        for _ in 0..<2 { try round(&trajectory, write: { _, k in ("\(k)\n\n", .delimiter) }) { _ in 0.5 } }
        #expect(trajectory.response.finish == .maxSteps)
        #expect(trajectory.response.text == "0\n\n0\n\n")
    }

    @Test("a response that was not asked for is refused")
    func unexpected() throws {
        var trajectory = trajectory(beams: 1, candidates: 2)
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: 2)) }
        try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: 1))
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.drafted("a\n\n", end: .delimiter, for: 1)) }
        #expect(throws: UnexpectedEvent.self) { try trajectory.apply(.rewards(0.5)) }
    }
}

extension Event {
    static func drafted(_ text: String, end: StepEnd, for candidate: Int) -> Event {
        var event = Event.wrote(.draft, [text], end)
        event.candidate = candidate
        return event
    }
}
