import Foundation
import Support

/// The page's data as JSON: an index of everything, and a line per problem with its full trajectories.
struct PageData {
    /// Maximum bytes of the problems' lines, which browsers handle well.
    static let limit = 44_000_000

    /// JSON that is safe inside a script element.
    private(set) var index = Data()
    /// Lines of JSON, equally safe, in the index's order; `null` for a problem that is not shown in full.
    private(set) var problems = Data()

    /// - Parameter limit: bytes; the first problems of each data set are shown in full up to this.
    init(_ report: RunReport, limit: Int = PageData.limit) throws {
        var index = PageIndex(report)
        for number in report.lines.indices { index.add(report.lines[number], number: number) }
        try addProblems(of: report, limit: limit, to: &index)
        self.index = JSONText.forScriptElement(try JSONText.encode(index))
    }

    private mutating func addProblems(of report: RunReport, limit: Int, to index: inout PageIndex) throws {
        var members = Array(repeating: [Int](), count: index.problems.count)
        for row in index.rows { members[row.problem].append(row.line) }
        var lines = Array(repeating: Data("null".utf8), count: index.problems.count)
        var size = 0
        var rest = index.firstOfEachDatasetFirst[...]
        fill: while !rest.isEmpty {
            let portion = rest.prefix(Self.portion)
            rest = rest.dropFirst(portion.count)
            for (problem, line) in zip(portion, try Self.lines(of: portion, members, index.problems, report)) {
                size += line.count
                guard size <= limit else { break fill }
                lines[problem] = line
                index.inFull += members[problem].count
            }
        }
        problems.reserveCapacity(lines.reduce(0) { $0 + $1.count + 1 })
        for (place, line) in lines.enumerated() {
            if place > 0 { problems.append(UInt8(ascii: "\n")) }
            problems.append(line)
        }
    }

    /// Problems whose lines are made at a time: those beyond the limit are made for nothing.
    private static let portion = 256

    private static func lines(
        of portion: ArraySlice<Int>, _ members: [[Int]], _ problems: [PageIndex.Problem], _ report: RunReport
    ) throws -> [Data] {
        try portion.parallelMap { problem in
            let source = problems[problem].problem
            var block = ProblemBlock(question: source.question, gold: source.answer)
            for number in members[problem] { block.add(report.lines[number]) }
            return JSONText.forScriptElement(try JSONText.encode(block))
        }
    }
}
