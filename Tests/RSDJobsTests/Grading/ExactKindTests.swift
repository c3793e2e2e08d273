@testable import Answers
import Foundation
@testable import Graders
import RunnerSupport
import Testing

/// Answers of every kind as models write them, against golds as data sets have them: `exact.jsonl`.
@Suite("Kinds of exact answers") struct ExactKindTests {
    struct Row: Decodable {
        var kind: String
        var answer: String
        var gold: String
        /// `right`, `wrong` or `undecided`.
        var verdict: String
    }

    static let rows: [String: [Row]] = {
        let file = Programs.repository.appending(path: "Tests/RSDJobsTests/Grading/exact.jsonl")
        let lines = (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? []
        return Dictionary(grouping: lines.compactMap { try? JSONDecoder().decode(Row.self, from: $0) }, by: \.kind)
    }()

    @Test("the recorded rows are complete")
    func complete() { #expect(Self.rows.values.reduce(0) { $0 + $1.count } >= 1250) }

    @Test("each recorded row has its verdict", arguments: rows.keys.sorted())
    func verdicts(of kind: String) throws {
        for row in try #require(Self.rows[kind]) {
            let pair = GradingPair(id: "", dataset: "", question: "", text: "", answer: row.answer, gold: row.gold)
            let grade = ExactGrader().grade([pair])[0]
            #expect(grade.said == row.verdict, "\(row.answer) against \(row.gold)")
        }
    }

    /// Of all kinds only algebra is too much for it. A vote counts as one what is one answer, and asks for no names and units.
    @Test("only algebra is left undecided")
    func undecided() {
        let knowsMore: Set = ["units", "units in mathrm", "currency", "degrees"]
        for row in Self.rows.values.joined() {
            #expect(row.verdict != "undecided" || row.kind == "algebra", "\(row.answer) against \(row.gold)")
            guard AnswerKey(row.answer) == AnswerKey(row.gold), row.verdict != "right" else { continue }
            #expect(knowsMore.contains(row.kind) || row.answer.contains("="), "\(row.answer) against \(row.gold)")
        }
    }
}

extension Grade {
    fileprivate var said: String {
        guard verdict == .wrong else { return verdict.rawValue }
        return reason == nil ? "wrong" : reason == Self.notDecided ? "undecided" : reason ?? ""
    }
}
