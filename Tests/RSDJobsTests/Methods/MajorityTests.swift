@testable import Decoding
@testable import Methods
import Testing

@Suite("majority") struct MajorityTests {
    private func trajectory(_ count: Int) -> Trajectory {
        Trajectory(
            id: TrajectoryID(method: "m", dataset: "d", problem: "p"), limits: .roomy,
            method: MajorityVote(
                samples: Samples(
                    count, by: .draft, sampling: Sampling(temperature: 0.7, topP: 0.8), limits: .roomy)))
    }

    private func elected(_ texts: [String], order: [Int]? = nil) throws -> Response {
        var trajectory = trajectory(texts.count)
        #expect(trajectory.needs.map(\.candidate) == Array(texts.indices))
        for index in order ?? Array(texts.indices) {
            try trajectory.apply(.drafted(texts[index], end: .eos, for: index))
        }
        #expect(trajectory.response.finish == .eos)
        return trajectory.response
    }

    @Test("the most frequent answer is taken")
    func most() throws {
        let texts = [
            #"It is \boxed{1}"#, #"So \boxed{2}"#, #"Thus \boxed{ 2}"#, "no answer", "none either", "nor here",
        ]
        let response = try elected(texts)
        #expect(response.text == texts[1])
        #expect(response == (try elected(texts, order: [5, 3, 1, 4, 2, 0])))
        #expect(response.candidates?.map(\.chosen) == [false, true, false, false, false, false])
        #expect(response.candidates?.map(\.text) == texts)
        #expect(response.tokens.draft.kept == texts[1].utf8.count)
        #expect(response.tokens.draft.generated == texts.reduce(0) { $0 + $1.utf8.count })
    }

    @Test("a tie goes to the first")
    func tie() throws {
        #expect(try elected([#"\boxed{3}"#, #"\boxed{4}"#]).text == #"\boxed{3}"#)
        #expect(try elected(["?", #"\boxed{4}"#, #"\boxed{3}"#]).text == #"\boxed{4}"#)
        #expect(try elected(["?", "!"]).text == "?")
    }

    @Test("a sample that is not finished goes on")
    func unfinished() throws {
        var trajectory = trajectory(2)
        try trajectory.apply(.drafted(#"\boxed{1}"#, end: .eos, for: 0))
        try trajectory.apply(.drafted("one\n\n", end: .delimiter, for: 1))
        guard case .generate(let wanted) = trajectory.needs.first, trajectory.needs.count == 1 else {
            Issue.record("\(trajectory.needs)")
            return
        }
        #expect(wanted.steps == ["one\n\n"])
        #expect(wanted.candidate == 1)
    }
}
