import Reporting
import Support

/// avg@n, pass@k and maj@k of methods with several samples of a problem. Has no lines without such methods.
struct SamplesTable: Sendable {
    var sections: [SummarySection]

    func lines(width: Int) -> NotedLines {
        guard sections.contains(where: \.rows.haveSamples) else { return NotedLines(lines: [], notes: []) }
        return Detail.allCases.lazy.compactMap { table($0, width: width) }.first
            ?? NotedLines(lines: stacked(width: width), notes: [.average, .pass, .majority, .paper, .spent])
    }

    /// From the widest table to the narrowest.
    private enum Detail: CaseIterable {
        case all, withoutCosts, onlyN
    }

    private struct Field {
        var column: Table.Column
        var note: SummaryNote?
        var cell: (Summary.Row, SummarySection) -> Line
    }

    /// nil if it does not fit.
    private func table(_ detail: Detail, width: Int) -> NotedLines? {
        let fields = fields(detail)
        var table = Table(columns: fields.map(\.column))
        for section in sections {
            if sections.count > 1 { table.rows.append(.heading(section.heading)) }
            for row in section.rows { table.rows.append(.cells(fields.map { $0.cell(row, section) })) }
        }
        return table.lines(width: width).map { NotedLines(lines: $0, notes: Set(fields.compactMap(\.note))) }
    }

    private func fields(_ detail: Detail) -> [Field] {
        let accuracy = [
            Field(column: .init(title: "samples", alignRight: false)) { row, _ in Line(row.method, .strong) },
            Field(column: .init(title: "n")) { row, _ in Line(String(row.samples?.n ?? 1)) },
            Field(column: .init(title: "avg@n"), note: .average) { $1.marked(\.accuracy).cell($0.accuracy) },
            Field(column: .init(title: "±", gap: 1)) { row, _ in Line(row.samplingError, .dim) },
        ]
        let costs = [
            Field(column: .init(group: "FLOPs per answer", title: "paper"), note: .paper) {
                $1.cost(of: \.flopsPaperPerAnswer).cell($0.flopsPaperPerAnswer)
            },
            Field(column: .init(group: "FLOPs per answer", title: "spent"), note: .spent) {
                $1.cost(of: \.flopsSpentPerAnswer).cell($0.flopsSpentPerAnswer)
            },
        ]
        let rates = columns("pass@k", .pass, \.pass) + columns("maj@k", .majority, \.majority)
        switch detail {
        case .all: return accuracy + rates + costs
        case .withoutCosts: return accuracy + rates
        case .onlyN:
            return accuracy + [
                share("pass@n", .passOfAll) { $0.samples?.pass.last?.value },
                share("maj@n", .majorityOfAll) { $0.samples?.majority.last?.value },
            ]
        }
    }

    /// A column for each k of any row.
    private func columns(
        _ group: String, _ note: SummaryNote, _ path: KeyPath<SampleFigures, [SampleFigures.AtK]>
    ) -> [Field] {
        sections.flatMap(\.rows).ks(path).map { k in
            share(String(k), group: group, note) { $0.samples?[keyPath: path].at(k)?.value }
        }
    }

    private func share(
        _ title: String, group: String = "", _ note: SummaryNote, _ value: @escaping (Summary.Row) -> Double?
    ) -> Field {
        Field(column: .init(group: group, title: title), note: note) { $1.marked(value).cell(value($0)) }
    }

    private func stacked(width: Int) -> [Line] {
        sections.flatMap { section in
            (sections.count > 1 ? [section.heading] : [])
                + section.rows.flatMap { row -> [Line] in
                    guard let samples = row.samples else { return [] }
                    func list(_ path: KeyPath<SampleFigures, [SampleFigures.AtK]>) -> Line {
                        samples[keyPath: path].enumerated().reduce(Line()) { line, figure in
                            let (place, k, value) = (figure.offset, figure.element.k, figure.element.value)
                            let best = section.marked { $0.samples?[keyPath: path].at(k)?.value }
                            return line + (place > 0 ? ", " : "") + "\(k): " + best.cell(value)
                        }
                    }
                    let average = section.marked(\.accuracy).cell(row.accuracy) + " ± \(row.samplingError)"
                    let paper = section.cost(of: \.flopsPaperPerAnswer).cell(row.flopsPaperPerAnswer)
                    let spent = section.cost(of: \.flopsSpentPerAnswer).cell(row.flopsSpentPerAnswer)
                    let facts = [
                        ("avg@\(samples.n)", average), ("pass@k", list(\.pass)), ("maj@k", list(\.majority)),
                        ("per answer", paper + " paper, " + spent + " spent"),
                    ]
                    return [Line("\(row.method) ", .strong).truncated(to: width) + Line("samples", .dim)]
                        + facts.flatMap { name, value in
                            (Line("  " + name.padded(to: 11), .dim) + value).wrapped(to: width, indent: 13)
                        }
                }
        }
    }
}

extension Summary.Row {
    /// The standard error of avg@n in percent, as `1.2`.
    fileprivate var samplingError: String {
        samples?.averageStderr.map { NumberFormat.fixed(100 * $0, 1) } ?? "–"
    }
}
