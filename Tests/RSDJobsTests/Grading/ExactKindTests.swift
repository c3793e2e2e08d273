import Foundation
import RunnerSupport
import Testing

@testable import RSDJobs

/// Answers of every kind as models write them, against golds as data sets have them: `exact.jsonl`.
@Suite struct ExactKindTests {
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

    @Test func theRowsAreThere() { #expect(Self.rows.values.reduce(0) { $0 + $1.count } >= 800) }

    @Test(arguments: rows.keys.sorted())
    func verdicts(of kind: String) throws {
        for row in try #require(Self.rows[kind]) {
            let pair = GradingPair(id: "", dataset: "", question: "", text: "", answer: row.answer, gold: row.gold)
            let grade = ExactGrader().grade([pair])[0]
            #expect(grade.said == row.verdict, "\(row.answer) against \(row.gold)")
        }
    }

    /// Beyond algebra everything is decided, and nothing is right by the key alone.
    @Test func onlyAlgebraIsNotDecided() {
        for (kind, rows) in Self.rows {
            for row in rows {
                #expect(row.verdict != "undecided" || kind == "algebra")
                let areOne = AnswerKey(row.answer) == AnswerKey(row.gold)
                // The key of a vote knows neither names nor units.
                #expect(
                    !areOne || row.verdict == "right"
                        || [
                            "units", "units in mathrm", "currency", "degrees", "x=", "one value of two names",
                            "equation sides", "tuples", "letters in text",
                        ].contains(kind), "\(row.answer) against \(row.gold)")
            }
        }
    }
}

extension Grade {
    fileprivate var said: String {
        guard verdict == .wrong else { return verdict.rawValue }
        return reason == nil ? "wrong" : reason == Self.notDecided ? "undecided" : reason ?? ""
    }
}
