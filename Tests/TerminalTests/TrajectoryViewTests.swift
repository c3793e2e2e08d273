import Foundation
import Testing

@testable import Decoding
@testable import Graders
@testable import Methods
@testable import Reporting
@testable import Terminal

@Suite("The view of a trajectory") struct TrajectoryViewTests {
    @Test("a finished trajectory at 100 columns")
    func finished() throws {
        let report = TrajectoryReport(
            try Fixture.finished(), problem: Fixture.problem, result: Fixture.result(try Fixture.finished(), .right))
        let text = screen(TrajectoryView(report).lines(width: 100))
        #expect(
            text == #"""
                rsd/heldout/demo-017/0

                  Tom has 3 bags with 4 apples in each. He eats 5 apples. How many apples does he have left?

                  1  draft   0.910 ✓  Tom has 3 bags of 4 apples.
                  2  draft   0.874 ✓  That is 3 × 4 = 12 apples.
                  3  draft   0.312 ✗  He eats 5, so 8 remain.
                     target  0.950    He eats 5, so 12 - 5 = 7 remain.
                  4  draft   0.990 ✓  The answer is \boxed{7}.

                  finish     eos · 4 steps, 1 by the target · 2 waves
                  answer     7  ✓ correct
                  gold       7
                  tokens
                  draft      30 kept, 10 rejected, 10 look-ahead, 60 prompt
                  target     12 kept, 40 prompt
                  prm        44 judged, 120 read
                """#)
    }

    @Test("an unfinished trajectory at 60 columns")
    func unfinished() throws {
        let report = TrajectoryReport(try Fixture.midway(), problem: Fixture.problem)
        let text = screen(TrajectoryView(report).lines(width: 60))
        #expect(
            text == """
                rsd/heldout/demo-017/0

                  Tom has 3 bags with 4 apples in each. He eats 5 apples.
                  How many apples does he have left?

                  1  draft   0.910 ✓  Tom has 3 bags of 4 apples.
                  2  draft   0.874 ✓  That is 3 × 4 = 12 apples.
                  3  draft   0.312 ✗  He eats 5, so 8 remain.
                     target      –    He eats 5, so 12 - 5 = 7 remain.

                  finish     unfinished: waiting for draft · 3 steps, 1 by
                             the target · 1 wave
                  gold       7
                  tokens
                  draft      20 kept, 10 rejected, 10 look-ahead, 30 prompt
                  target     12 kept, 40 prompt
                  prm        33 judged, 60 read
                """)
    }

    @Test("a step's alternatives follow it, the best first, a line for all that are the same")
    func showsAlternatives() throws {
        let id = TrajectoryID(method: "process_best_of_n", dataset: "heldout", problem: "demo-017")
        var trajectory = Trajectory(
            id: id, limits: Fixture.limits,
            method: GuidedSearch(
                StepSearch.Rules(beams: 1, candidates: 4), sampling: Fixture.sampling, limits: Fixture.limits))
        let texts = [
            "3 + 4 = 7\n\n", "3 × 4 = 12,\nwhich are the apples that he has at first\n\n", "12 - 5 = 7\n\n",
            "3 + 4 = 7\n\n",
        ]
        try Fixture.round(&trajectory, texts, rewards: [0.25, 0.5, 0.625, 0.25])
        try Fixture.round(
            &trajectory, [#"\boxed{7}"#, #"\boxed{8}"#, #"\boxed{9}"#, ""], end: .eos, rewards: [0.75, 0.125, 0.125])
        let text = screen(TrajectoryView(TrajectoryReport(trajectory, problem: nil)).lines(width: 60))
        #expect(
            text.hasPrefix(
                #"""
                process_best_of_n/heldout/demo-017/0

                  1  draft   0.625 ✓  12 - 5 = 7
                             0.500 ✗  3 × 4 = 12, which are the apples that…
                         2×  0.250 ✗  3 + 4 = 7
                  2  draft   0.750 ✓  \boxed{7}
                             0.125 ✗  \boxed{8}
                             0.125 ✗  \boxed{9}
                                 – ✗  nothing more

                  finish     eos · 2 steps, 0 by the target · 2 waves
                """#), "\(text)")
    }

    @Test("whole solutions are told by their answers, with score and choice")
    func showsCandidates() throws {
        let samples = Samples(3, by: .draft, sampling: Fixture.sampling, limits: Fixture.limits)
        var trajectory = Trajectory(
            id: TrajectoryID(method: "best_of_n", dataset: "heldout", problem: "demo-017"), limits: Fixture.limits,
            method: BestSample(score: .last, samples: samples))
        try Fixture.round(
            &trajectory, [#"So \boxed{8}"#, #"So \boxed{7}"#, "So"], end: .eos, rewards: [0.25, 0.875, 0.5])
        let text = screen(TrajectoryView(TrajectoryReport(trajectory, problem: Fixture.problem)).lines(width: 60))
        #expect(
            text.contains(
                """
                  gold       7
                  candidates 1  0.250    8
                             2  0.875 ✓  7
                             3  0.500    none found
                  tokens
                """), "\(text)")
    }

    @Test("the solutions that a majority chooses from have no score")
    func showsVotes() throws {
        let samples = Samples(3, by: .draft, sampling: Fixture.sampling, limits: Fixture.limits)
        var trajectory = Trajectory(
            id: TrajectoryID(method: "majority", dataset: "heldout", problem: "demo-017"), limits: Fixture.limits,
            method: MajorityVote(samples: samples))
        try Fixture.round(
            &trajectory, [#"So \boxed{8}"#, #"So \boxed{7}"#, #"Or \boxed{7}"#], end: .maxTokens, rewards: [])
        let report = TrajectoryReport(trajectory, problem: Fixture.problem, result: Fixture.result(trajectory, .right))
        let text = screen(TrajectoryView(report).lines(width: 60))
        #expect(
            text.contains(
                """
                  candidates 1      –    8  max_tokens
                             2      – ✓  7  max_tokens
                             3      –    7  max_tokens
                """), "\(text)")
        let json = String(decoding: try JSONEncoder().encode(report), as: UTF8.self)
        #expect(json.ranges(of: #""answer":"7""#).count == 3)
    }

    @Test("a failure is shown with its reason")
    func failure() throws {
        var trajectory = Fixture.rsd("demo-1")
        try trajectory.apply(.failed(reason: "the prompt is too long"))
        let text = screen(
            TrajectoryView(
                TrajectoryReport(trajectory, problem: nil, result: Fixture.result(trajectory, .empty))
            ).lines(width: 60))
        #expect(
            text == """
                rsd/heldout/demo-1/0

                  no steps yet

                  finish     failed · 0 steps, 0 by the target · 0 waves
                  failure    the prompt is too long
                  answer     none found  ✗ wrong
                """)
    }

    @Test(
        "what was not judged is not called wrong, and why is said",
        arguments: [
            (Grade(.wrong), "✗ wrong"),
            (
                Grade(.timeout, reason: "no answer within 5 s"),
                "✗ not graded in time, counts as wrong: no answer within 5 s"
            ),
            (Grade(.error), "✗ not graded, counts as wrong"),
        ])
    func verdicts(grade: Grade, words: String) throws {
        let trajectory = try Fixture.finished()
        var grade = grade
        grade.answer = "7"
        let report = TrajectoryReport(
            trajectory, problem: nil,
            result: ResultLine(trajectory, finish: .eos, gold: "8", grade: grade))
        let text = screen(TrajectoryView(report).lines(width: 90))
        #expect(text.contains("answer     7  \(words)\n"), "\(text)")
    }

    @Test("a target that ends the response at once has a line")
    func endsAtOnce() throws {
        var trajectory = try Fixture.midway()
        try trajectory.apply(Fixture.drafted(["Wait, nonsense."]))
        try trajectory.apply(Fixture.scored([0.95, 0.125]))
        try trajectory.apply(Fixture.rewritten("", end: .eos))
        let text = screen(TrajectoryView(TrajectoryReport(trajectory, problem: nil)).lines(width: 60))
        #expect(
            text.contains(
                """
                  4  draft   0.125 ✗  Wait, nonsense.
                     target      –    nothing more

                  finish     eos · 4 steps, 2 by the target · 2 waves
                """), "\(text)")
    }

    @Test("writers and verdicts have colours")
    func colours() throws {
        let report = TrajectoryReport(
            try Fixture.finished(), problem: Fixture.problem, result: Fixture.result(try Fixture.finished(), .right))
        let lines = TrajectoryView(report).lines(width: 100).map { $0.rendered(colour: true) }
        #expect(lines.contains { $0.contains("\u{1B}[31mdraft \u{1B}[0m") && $0.contains("8 remain") })
        #expect(lines.contains { $0.contains("\u{1B}[33mtarget\u{1B}[0m") && $0.contains("7 remain") })
        #expect(lines.contains { $0.contains("\u{1B}[32mdraft \u{1B}[0m") && $0.contains("12 apples") })
    }

    @Test("in JSON, values that do not exist yet are null")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let report = TrajectoryReport(try Fixture.midway(), problem: Fixture.problem)
        let text = String(decoding: try encoder.encode(report), as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"answer":null,"correct":null,"finish":null,"gold":"7","id":"rsd/heldout/demo-017/0","#))
        #expect(text.contains(#""waits_for":"draft""#))
    }

    @Test("the names that were meant are found")
    func nearNames() {
        let names = ["rsd/heldout/demo-001/0", "rsd/heldout/demo-017/0", "target_only/heldout/demo-017/0"]
        #expect(NearestNames.find("demo-017", among: names, count: 2) == [names[1], names[2]])
        #expect(NearestNames.find("rsd/heldout/demo-O17/0", among: names, count: 1) == [names[1]])
        #expect(NearestNames.find("x", among: []).isEmpty)
    }
}
