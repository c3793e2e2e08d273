@testable import Datasets
import Foundation
@testable import Reporting
@testable import Support
import Testing

@Suite("Accuracies by the value of a field")
struct BreakdownTests {
    private func breakdowns(_ lines: [ResultLine]) -> [Breakdown] {
        BreakdownFields(lines).breakdowns(of: lines) ?? []
    }

    private func line(_ problem: Int, _ meta: [String: JSONValue], correct: Bool = true, method: String = "m")
        -> ResultLine
    {
        var line = ResultLine.sample(method: method, dataset: "d", problem: "\(problem)", correct: correct, waves: 1)
        line.meta = meta.isEmpty ? nil : meta
        return line
    }

    @Test("each value has its own accuracy, numbers by size and missing values last")
    func values() {
        let levels: [JSONValue?] = [
            .number("10"), .number("9"), nil, .number("9"), .string("Level 1"), .string("Level 1"),
        ]
        let lines = levels.enumerated().map { problem, level in
            line(problem, level.map { ["level": $0] } ?? [:], correct: problem != 1)
        }
        let found = breakdowns(lines)
        #expect(found.map(\.field) == ["level"])
        #expect(found[0].groups.map(\.value) == [.number("9"), .number("10"), .string("Level 1"), .null])
        #expect(found[0].groups.map(\.accuracy) == [0.5, 1, 1, 1])
        #expect(found[0].groups.map(\.problems) == [2, 1, 2, 1])
        #expect(found[0].groups[0].accuracyLow.map { $0 > 0.09 && $0 < 0.1 } == true)
    }

    @Test("fields with one value, with a value per problem, with many values, or with lists have no table")
    func unfit() {
        let lines = (0..<50).map { problem in
            line(
                problem,
                [
                    "one": .string("a"), "each": .number("\(problem)"), "many": .number("\(problem / 2)"),
                    "list": .list([.number("\(problem % 2)")]), "few": .bool(problem % 2 == 0),
                ])
        }
        #expect(breakdowns(lines).map(\.field) == ["few"])
        #expect(BreakdownFields([]).breakdowns(of: []) == nil)
        #expect(BreakdownFields((0..<5).map { line($0, [:]) }).breakdowns(of: []) == nil)
    }

    @Test("a method without answers to the problems with a value has no accuracy there")
    func noAnswers() {
        let all = (0..<4).map { line($0, ["level": .number("\($0 % 2)")]) }
        let some = BreakdownFields(all).breakdowns(of: [all[0]])
        #expect(some?[0].groups.map(\.accuracy) == [1, nil])
    }

    @Test("samples of a problem are one problem")
    func samples() {
        let lines = (0..<4).flatMap { problem in
            (0..<2).map { _ in line(problem, ["level": .number("\(problem % 2)")], correct: problem > 1) }
        }
        #expect(breakdowns(lines)[0].groups.map(\.problems) == [2, 2])
        #expect(breakdowns(lines)[0].groups.map(\.total) == [4, 4])
    }
}
