@testable import Decoding
import Foundation
import TestSupport
@testable import Graders
@testable import Reporting
@testable import RunStore
import Testing

/// Which answers a grader is asked about, and what becomes of the others.
@Suite("Verdicts without and with a grader") struct AnswerSheetTests {
    /// Says that all are right.
    private struct Generous: Grader {
        let startsProcesses = false
        func prepare() -> String { "generous" }
        func grade(_ pairs: [GradingPair]) -> [Grade] { pairs.map { _ in Grade(.right) } }
    }

    private struct Broken: Grader {
        let startsProcesses = false
        func prepare() -> String { "broken" }
        func grade(_ pairs: [GradingPair]) throws -> [Grade] { throw GraderUnavailable("out of order") }
    }

    private let trajectories: TrajectorySet
    private let ids: [TrajectoryID]

    /// Of six trajectories: a right one, one that failed with an answer, an empty box, blanks, a cut one, an unfinished one.
    init() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("- { rsd: { threshold: 0.7 } }\n", "- draft_only\n"))
        var trajectories = TrajectorySet(try fixture.load())
        let events: [Event] = [
            .drafted(#"So \boxed{2}"#, end: .eos), .failed(reason: "no"), .drafted(#"So \boxed{}"#, end: .eos),
            .rewrote("  ", end: .eos), .rewrote("2 and 2 make 4", end: .maxTokens),
        ]
        for (id, event) in zip(trajectories.map(\.id), events) {
            var trajectory = try #require(trajectories[id])
            try trajectory.apply(event)
            trajectories.update([trajectory])
        }
        self.trajectories = trajectories
        ids = trajectories.map(\.id)
    }

    @Test("some answers are decided without a grader")
    func withoutGrader() async throws {
        let sheet = AnswerSheet(trajectories)
        #expect(sheet.pairs.map(\.id) == [ids[0], ids[4]])
        #expect(sheet.pairs[0].pair.answer == "2" && sheet.pairs[0].pair.gold == "2")
        #expect(sheet.pairs[1].pair.answer == nil)
        #expect(!sheet.pairs[0].pair.isCut && sheet.pairs[1].pair.isCut)
        let grades = try await sheet.grades(from: Generous())
        #expect(ids.map { grades[$0]?.verdict } == [.right, .wrong, .empty, .empty, .right, nil])
    }

    @Test("exact finds no answer in a text that was cut")
    func cutTextExact() async throws {
        let grades = try await AnswerSheet(trajectories).grades(from: ExactGrader())
        #expect(ids.map { grades[$0]?.verdict } == [.right, .wrong, .empty, .empty, .empty, nil])
    }

    /// As its worker is told of no more than one answer, it dies of a second.
    @Test("math-verify finds no answer in a text that was cut either")
    func cutTextMathVerify() async throws {
        let scratch = try Scratch()
        let worker = MathVerifyGrader.Worker(
            executable: "/bin/sh",
            arguments: ["-c", #"echo '{}'; read -r line; echo '{"verdict": "right"}'; read -r line && exit 7"#])
        let grader = MathVerifyGrader(worker: worker, limit: .seconds(60), mostWorkers: 1) {
            try GraderProcesses(RunDirectory(scratch.url))
        }
        let grades = try await AnswerSheet(trajectories).grades(from: grader)
        #expect(ids.map { grades[$0]?.verdict } == [.right, .wrong, .empty, .empty, .empty, nil])
    }

    @Test("a grader that cannot go on makes errors")
    func failingGrader() async throws {
        let grades = try await AnswerSheet(trajectories).grades(from: Broken())
        #expect(ids.map { grades[$0]?.verdict } == [.error, .wrong, .empty, .empty, .error, nil])
        #expect(grades[ids[0]]?.reason == "out of order")
    }

    @Test("a result line has the verdict of its answer")
    func line() throws {
        let trajectory = try #require(trajectories[ids[4]])
        let line = ResultLine(
            trajectory, finish: .maxTokens, gold: "4", grade: Grade(.timeout, reason: "too long", answer: "four"))
        #expect(line.cut && !line.correct && line.answer == "four")
        let text = String(decoding: try ResultLine.encode([line]), as: UTF8.self)
        #expect(text.contains(#""cut":true"#) && text.contains(#""verdict":"timeout","verdict_reason":"too long""#))
        let ended = try #require(
            ResultLine.all(of: trajectories, grades: [ids[0]: Grade(.right, answer: "2")]).first)
        #expect(!ended.cut && ended.correct && ended.answer == "2" && ended.verdictReason == nil)
    }
}
