import Foundation
import Graders
import JobSpecs
import RunStore
import Support

/// Grades answers that do not belong to a run.
package struct AnswerGrading: Sendable {
    /// Bytes per portion for ``ExactGrader``. Graders that are processes get all answers at once.
    private static let portion = 1 << 20

    private let kind: GraderKind
    /// The ledger and logs of grader processes.
    package let folder: URL

    package init(with kind: GraderKind) {
        self.kind = kind
        folder = FileManager.default.temporaryDirectory.appending(path: "rsd-grade-\(UUID().uuidString)")
    }

    /// - Parameters:
    ///   - began: called with the grader's name and the number of answers.
    ///   - write: called with lines of JSON, each with its newline, in the order of the answers.
    /// - Throws: ``UnusableAnswers`` or ``GraderUnavailable`` before anything is graded; ``Interrupted``, a file system error, or
    ///   an error of `write`.
    package func grade(
        _ file: AnswerFile, interruption: Interruption, began: (_ grader: String, _ total: Int) -> Void,
        write: (Data) throws -> Void
    ) async throws -> AnswerCounts {
        let total = try file.check()
        let directory = RunDirectory(folder)
        let grader = kind.grader(venv: nil, directory: directory)
        let id = try await interruption.cancelOnInterrupt { try await grader.prepare() }
        began(id, total)
        var counts = AnswerCounts()
        // The logs are worth reading only after errors.
        defer { if counts[.error] == 0 { try? FileManager.default.removeItem(at: folder) } }
        if grader.startsProcesses { try directory.create() }
        try await file.forEach(bytes: grader.startsProcesses ? .max : Self.portion) { answers in
            let pairs = answers.map(\.pair)
            let grades = try await interruption.cancelOnInterrupt { try await grader.gradeAll(pairs) }
            var lines = Data()
            for (answer, grade) in zip(answers, grades) {
                counts.add(grade)
                lines += try GradedAnswer(answer, grade).json
            }
            try write(lines)
        }
        return counts
    }
}

/// Number of answers by verdict.
package struct AnswerCounts: Sendable, Equatable {
    private var counts: [Grade.Verdict: Int] = [:]
    /// Wrong answers that ``ExactGrader`` could not decide.
    package private(set) var undecided = 0

    package init() {}

    package subscript(verdict: Grade.Verdict) -> Int { counts[verdict, default: 0] }

    package var total: Int { counts.values.reduce(0, +) }

    package mutating func add(_ grade: Grade) {
        counts[grade.verdict, default: 0] += 1
        if grade.reason == Grade.notDecided { undecided += 1 }
    }
}

/// A line of output: the verdict on an answer.
private struct GradedAnswer: Encodable {
    var line: Int
    var id: Identifier?
    var verdict: Grade.Verdict
    /// nil, encoded as null, if there is none.
    @Nulled var answer: String?
    var gold: String
    var reason: String?

    init(_ answer: AnswerLine, _ grade: Grade) {
        line = answer.number
        id = answer.id.map(Identifier.init)
        verdict = grade.verdict
        self.answer = grade.answer ?? answer.pair.answer
        gold = answer.pair.gold
        reason = grade.reason
    }

    var json: Data {
        get throws {
            try JSONText.lines([self])
        }
    }

    /// Text or a number.
    struct Identifier: Encodable {
        var value: JSONValue

        func encode(to encoder: any Encoder) throws {
            var single = encoder.singleValueContainer()
            if case .number(let digits) = value, let number = Decimal(string: digits) {
                try single.encode(number)
            } else {
                try single.encode(value.plain)
            }
        }
    }
}
