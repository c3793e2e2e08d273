import Answers
@testable import Decoding
import Foundation
@testable import Reporting
import RunnerSupport
@testable import Support
import TestSupport
import Testing

@Suite("Figures of several samples") struct SampleFiguresTests {
    /// A sample: its answer, if any, and whether it is right.
    private typealias Cell = (answer: String?, isRight: Bool)

    private static func problem(_ cells: [Cell]) -> SampledProblem {
        SampledProblem(cells.map { .init(isRight: $0.isRight, vote: $0.answer.map(AnswerKey.init)) })
    }

    private func isClose(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) < 1e-12
    }

    // MARK: Against other programs

    /// See `from` in the file.
    private struct Golden: Decodable {
        struct Table: Decodable {
            enum Field: Decodable {
                case answer(String?)
                case right(Int)
                init(from decoder: any Decoder) throws {
                    let value = try decoder.singleValueContainer()
                    if let number = try? value.decode(Int.self) {
                        self = .right(number)
                    } else {
                        self = .answer(value.decodeNil() ? nil : try value.decode(String.self))
                    }
                }
            }
            var problems: [[[Field]]]
            var avg, std_dev_across_samples, avg_stderr: Double
            var pass_at_k, maj_at_k, inspect_pass_at_k: [[Double]]
        }
        var tables: [Table]
    }

    @Test("figures are those of NeMo-Skills and inspect_ai on the same answers")
    func golden() throws {
        let file = Programs.repository.appending(path: "Tests/RSDJobsTests/Evaluation/samples.json")
        let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
        #expect(golden.tables.count == 12)
        for (number, table) in golden.tables.enumerated() {
            let problems = try table.problems.map { samples in
                Self.problem(
                    try samples.map { fields in
                        guard case .answer(let answer) = fields[0], case .right(let right) = fields[1] else {
                            throw CocoaError(.coderInvalidValue)
                        }
                        return (answer, right == 1)
                    })
            }
            let figures = try #require(SampleFigures(problems))
            #expect(isClose(figures.average, table.avg), "table \(number)")
            #expect(isClose(figures.averageStderr, table.avg_stderr), "table \(number)")
            #expect(isClose(figures.deviation, table.std_dev_across_samples), "table \(number)")
            #expect(figures.pass.map { Double($0.k) } == table.pass_at_k.map { $0[0] }, "table \(number)")
            #expect(figures.majority.map { Double($0.k) } == table.maj_at_k.map { $0[0] }, "table \(number)")
            for (own, other) in zip(figures.pass, table.pass_at_k) { #expect(isClose(own.value, other[1])) }
            for (own, other) in zip(figures.pass, table.inspect_pass_at_k) {
                #expect(isClose(own.value, other[1]) && isClose(own.stderr, other[2]), "table \(number)")
            }
            for (own, other) in zip(figures.majority, table.maj_at_k) {
                #expect(isClose(own.value, other[1]), "table \(number), k = \(own.k)")
            }
        }
    }

    // MARK: Against counting

    /// One to six problems of one to seven samples, or of equally many.
    private static func table(_ random: inout SeededRandom) -> [[Cell]] {
        let (most, isEven) = (Int.random(in: 1...7, using: &random), Bool.random(using: &random))
        let answers = Int.random(in: 2...4, using: &random)
        return (0..<Int.random(in: 1...6, using: &random)).map { _ in
            (0..<(isEven ? most : Int.random(in: 1...most, using: &random))).map { _ in
                // Right answers are `1`; some are judged otherwise, and some are missing.
                let answer = Int.random(in: 0...answers, using: &random)
                let isOdd = Int.random(in: 0..<10, using: &random) == 0
                return (answer == 0 ? nil : "\(answer)", (answer == 1) != isOdd)
            }
        }
    }

    /// Of all subsets of k samples, the share with a right one.
    private func passByCounting(_ cells: [Cell], _ k: Int) -> Double? {
        let subsets = (0..<1 << cells.count).filter { $0.nonzeroBitCount == k }
        guard !subsets.isEmpty else { return nil }
        let passing = subsets.count { subset in cells.indices.contains { subset >> $0 & 1 == 1 && cells[$0].isRight } }
        return Double(passing) / Double(subsets.count)
    }

    /// The average over all answers that no other answer has more votes than.
    private func majorityByCounting(_ cells: [Cell], _ k: Int) -> Double? {
        guard cells.count >= k else { return nil }
        let voting = cells.prefix(k).filter { $0.answer != nil }
        func votes(_ cell: Cell) -> Int { voting.count { $0.answer == cell.answer && $0.isRight == cell.isRight } }
        let best = voting.filter { one in voting.allSatisfy { votes($0) <= votes(one) } }
        // Each of the tied answers is there as often as it has votes.
        return best.isEmpty ? 0 : Double(best.count(where: \.isRight)) / Double(best.count)
    }

    /// As the sum over all pairs of answers to the same problem.
    private func errorByPairs(_ table: [[Double]]) -> Double? {
        guard table.count > 1 else { return nil }
        let all = table.joined()
        let mean = all.reduce(0, +) / Double(all.count)
        var sum = 0.0
        for problem in table {
            for one in problem { for other in problem { sum += (one - mean) * (other - mean) } }
        }
        let correction = Double(table.count) / Double(table.count - 1)
        return (max(0, sum) * correction).squareRoot() / Double(all.count)
    }

    @Test("on random tables, figures are those of counting all subsets")
    func random() throws {
        var random = SeededRandom(seed: 16)
        var compared = 0
        for _ in 0..<1000 {
            let table = Self.table(&random)
            let counts = table.map(\.count)
            let figures = SampleFigures(table.map(Self.problem))
            guard let figures else {
                #expect(counts.allSatisfy { $0 == 1 })
                continue
            }
            compared += 1
            let scores = table.map { $0.map { $0.isRight ? 1.0 : 0 } }
            let all = scores.joined()
            #expect((figures.n, figures.fewest) == (counts.max(), counts.min()))
            #expect(isClose(figures.average, all.reduce(0, +) / Double(all.count)))
            let error = try #require(Optional(errorByPairs(scores)))
            #expect(error == nil ? figures.averageStderr == nil : abs(figures.averageStderr! - error!) < 1e-7)
            for (own, reference) in [
                (figures.pass, passByCounting), (figures.majority, majorityByCounting),
            ] {
                for figure in own {
                    let values = table.compactMap { reference($0, figure.k) }
                    #expect(figure.problems == values.count)
                    #expect(isClose(figure.value, values.reduce(0, +) / Double(values.count)), "\(table)")
                    let other = errorByPairs(values.map { [$0] })
                    #expect(other == nil ? figure.stderr == nil : abs(figure.stderr! - other!) < 1e-7)
                    #expect(0 <= figure.low && figure.low <= figure.value + 1e-12)
                    #expect(figure.value <= figure.high + 1e-12 && figure.high <= 1)
                }
            }
        }
        #expect(compared > 700)
    }

    // MARK: What they mean

    @Test(
        "k is 1, 2, 4, … and the number of samples",
        arguments: [
            (2, [1, 2]), (3, [1, 2, 3]), (4, [1, 2, 4]), (5, [1, 2, 4, 5]), (64, [1, 2, 4, 8, 16, 32, 64]),
        ])
    func powers(n: Int, expected: [Int]) {
        #expect(SampleFigures.powers(upTo: n) == expected)
        let problem = Self.problem(Array(repeating: ("1", true), count: n))
        #expect(SampleFigures([problem])?.majority.map(\.k) == Array(expected.dropFirst()))
    }

    @Test("a single sample of each problem has no such figures")
    func single() {
        #expect(SampleFigures([]) == nil)
        #expect(SampleFigures([Self.problem([("1", true)]), Self.problem([("2", false)])]) == nil)
    }

    @Test("equal answers vote together, however they are written")
    func spellings() {
        let problem = Self.problem([
            ("\\frac{1}{2}", true), ("0.3", false), ("1/2", true), ("0.5", true), ("0.30", false),
        ])
        #expect(problem.majority(at: 2) == 0.5)
        #expect(problem.majority(at: 5) == 1)
    }

    @Test("ties score what a draw between them would")
    func ties() {
        let cells: [Cell] = [("1", true), ("2", false), ("3", false), (nil, false)]
        #expect(Self.problem(cells).majority(at: 4) == 1 / 3.0)
        // In any order.
        #expect(Self.problem(cells.reversed()).majority(at: 4) == 1 / 3.0)
        #expect(Self.problem([(nil, true), (nil, false)]).majority(at: 2) == 0)
    }

    @Test("pass@k of many samples is accurate")
    func large() throws {
        let problem = Self.problem((0..<10_000).map { ("\($0)", $0 < 3) })
        // 1 − C(9997, 5000) / C(10000, 5000) = 1 − 4998 · 4999 · 5000 / (9998 · 9999 · 10000).
        let exact = 1 - 4998.0 * 4999 * 5000 / (9998.0 * 9999 * 10_000)
        #expect(abs(try #require(problem.pass(at: 5000)) - exact) < 1e-12)
        #expect((problem.pass(at: 0), problem.pass(at: 10_001), problem.majority(at: 10_001)) == (nil, nil, nil))
    }

    @Test("with equally many samples, pass@1 has the value and the interval of the accuracy")
    func passAtOne() throws {
        var lines: [ResultLine] = []
        for problem in 0..<12 {
            for sample in 0..<4 {
                lines.append(
                    .sample(problem: "\(problem)", sample: sample, correct: (problem * 7 + sample * sample) % 5 < 3))
            }
        }
        let row = Summary.Row(method: "rsd", dataset: "d", lines: lines.shuffled(), flops: Flops(parameters: [:]))
        let samples = try #require(row.samples)
        #expect(isClose(samples.average, row.accuracy) && isClose(samples.pass[0].value, row.accuracy))
        #expect(abs(samples.pass[0].low - (try #require(row.accuracyLow))) < 1e-12)
        #expect(abs(samples.pass[0].high - (try #require(row.accuracyHigh))) < 1e-12)
        #expect(isClose(samples.pass[0].stderr, samples.averageStderr))
        #expect(samples.pass.last?.value == Double(Set(lines.filter(\.correct).map(\.problem)).count) / 12)
    }

    @Test("figures are the same to the last digit, in whatever order the answers come")
    func order() {
        let lines = (0..<800).map { number in
            ResultLine.sample(problem: "\(number / 4)", sample: number % 4, correct: number * 7 % 11 < 4)
        }
        let others = (0..<800).map { number in
            ResultLine.sample(problem: "\(number / 4)", sample: number % 4, correct: number * 5 % 7 < 3)
        }
        func figures(_ lines: [ResultLine]) -> [Double?] {
            let row = Summary.Row(method: "rsd", dataset: "d", lines: lines, flops: Flops(parameters: [:]))
            let pairs = PairedComparison(lines, against: others.shuffled(), named: "target_only")
            return [row.accuracyLow, row.accuracyHigh, pairs.differenceLow, pairs.differenceHigh]
                + (row.samples.map {
                    [$0.averageStderr, $0.deviation] + $0.pass.flatMap { [$0.value, $0.stderr, $0.low] }
                }
                    ?? [])
        }
        let first = figures(lines)
        #expect(first.count == 15 && first.allSatisfy { $0 != nil })
        for _ in 0..<20 { #expect(figures(lines.shuffled()) == first) }
    }

    @Test("a failed sample is wrong and has no vote, and an unfinished one is not there")
    func failed() throws {
        func line(_ problem: String, _ sample: Int, _ answer: String?, _ finish: Finish = .eos) -> ResultLine {
            var line = ResultLine.sample(
                problem: problem, sample: sample, correct: answer == "1" && finish != .failed, finish: finish)
            line.answer = answer
            return line
        }
        let lines = [
            line("a", 0, "2", .failed), line("a", 1, "2", .failed), line("a", 2, "1"), line("b", 1, "1"),
            line("b", 0, "3"),
        ]
        let row = Summary.Row(method: "rsd", dataset: "d", lines: lines, flops: Flops(parameters: [:]))
        let samples = try #require(row.samples)
        #expect((samples.n, samples.fewest, samples.deviation) == (3, 2, nil))
        #expect(samples.average == 0.4)
        #expect(samples.pass.map(\.problems) == [2, 2, 1])
        // 1/3 and 1/2; 2/3 and 1; 1.
        #expect(
            isClose(samples.pass[0].value, (1 / 3.0 + 0.5) / 2) && isClose(samples.pass[1].value, (2 / 3.0 + 1) / 2))
        #expect(samples.pass[2].value == 1)
        // Of a, the first two failed; of b, the two are tied.
        #expect(samples.majority[0].value == 0.25)
        #expect(samples.majority[1].value == 1 && samples.majority[1].stderr == nil)
        let copy = try JSONDecoder().decode(Summary.Row.self, from: JSONText.encode(row))
        #expect(copy == row)
    }
}
