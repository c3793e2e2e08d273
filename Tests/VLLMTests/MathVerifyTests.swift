import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import Graders
@testable import ModelLifecycle
@testable import RunStore

/// math-verify itself, in the Python that scripts/setup-vllm makes.
@Suite struct MathVerifyTests {
    private func grading<Value>(
        limit: Duration, _ body: (MathVerifyGrader, RunDirectory) async throws -> Value
    ) async throws -> Value {
        let scratch = try Scratch()
        let directory = RunDirectory(scratch.url)
        let grader = MathVerifyGrader(python: nil, venv: nil, limit: limit) { try GraderProcesses(directory) }
        return try await body(grader, directory)
    }

    @Test("the grader names its version and its Python") func version() async throws {
        try await grading(limit: .seconds(60)) { grader, _ in
            let name = try await grader.prepare()
            #expect(name.hasPrefix("math-verify 0.9.0 (Python 3."), "\(name)")
        }
    }

    @Test("the golden set: answers that hang are given up and cost themselves alone") func goldenSet() async throws {
        let cases = GoldenCase.all.filter { $0.exact != .empty }
        try #require(cases.count > 300)
        let pairs = cases.enumerated().map { index, golden in
            GradingPair(
                id: "\(index)", dataset: "d", question: "?", text: #"So it is $\boxed{\#(golden.answer)}$."#,
                answer: golden.answer, gold: golden.gold)
        }
        try await grading(limit: .seconds(10)) { grader, directory in
            let grades = try await grader.grade(pairs)
            for (golden, grade) in zip(cases, grades) {
                #expect(grade.verdict == golden.mathVerify ?? golden.exact, "\(golden)")
            }
            #expect(grades.contains { $0.verdict == .timeout })
            let ledger = try EngineLedger(path: directory.engines.path)
            #expect(try ledger.openStarts().isEmpty)
        }
    }

    @Test("a response without a box is searched by math-verify itself") func ownExtraction() async throws {
        let texts = [
            "We add and get $x = 3$. The final answer is $\\frac{6}{4}$. I hope it is correct.",
            "So there are 1.5 of them.",
            "I do not know.",
        ]
        let pairs = texts.map { GradingPair(id: $0, dataset: "d", question: "?", text: $0, answer: nil, gold: "3/2") }
        try await grading(limit: .seconds(60)) { grader, _ in
            let grades = try await grader.grade(pairs)
            #expect(grades.map(\.verdict) == [.right, .right, .empty])
            #expect(grades[0].answer == #"\frac{6}{4}"#)
        }
    }

    @Test("hostile answers are not right, and the one after them is judged") func hostileAnswers() async throws {
        var pairs = [#"9^{9^{9^{9^9}}}"#, #"\sum_{i=1}^{10^{10}} i!"#, String(repeating: "{", count: 1_000_000), "5\0"]
            .map {
                GradingPair(
                    id: $0, dataset: "d", question: "?", text: $0 + #" so \boxed{\#($0)}"#, answer: $0, gold: "7")
            }
        pairs.append(GradingPair(id: "good", dataset: "d", question: "?", text: #"\boxed{7}"#, answer: "7", gold: "7"))
        try await grading(limit: .seconds(5)) { grader, _ in
            let grades = try await grader.grade(pairs)
            #expect(grades.dropLast().allSatisfy { $0.verdict != .right })
            #expect(grades.last?.verdict == .right)
        }
    }
}
