import Reporting
import Support

/// avg@n, pass@k and maj@k of methods with several samples of a problem. Has no lines without such methods.
struct SamplesTable: Sendable {
    var sections: [SummarySection]

    func lines(width: Int) -> [Line] {
        guard sections.contains(where: \.rows.haveSamples) else { return [] }
        return Detail.allCases.lazy.compactMap { table($0).lines(width: width) }.first ?? stacked(width: width)
    }

    /// From the widest table to the narrowest.
    private enum Detail: CaseIterable {
        case all, withoutCosts, onlyN
    }

    private struct Field {
        var column: Table.Column
        var cell: (Summary.Row) -> Line
    }

    private func table(_ detail: Detail) -> Table {
        let fields = fields(detail)
        var table = Table(columns: fields.map(\.column))
        for section in sections {
            if sections.count > 1 { table.rows.append(.heading(section.heading)) }
            for row in section.rows { table.rows.append(.cells(fields.map { $0.cell(row) })) }
        }
        return table
    }

    private func fields(_ detail: Detail) -> [Field] {
        let accuracy = [
            Field(column: .init(title: "samples", alignRight: false)) { Line($0.method, .strong) },
            Field(column: .init(title: "n")) { Line(String($0.samples?.n ?? 1)) },
            Field(column: .init(title: "avg@n")) { Line(NumberFormat.percent($0.accuracy), .green) },
            Field(column: .init(title: "±", gap: 1)) { Line($0.samplingError, .dim) },
        ]
        let costs = [
            Field(column: .init(group: "FLOPs per answer", title: "paper")) { Line($0.flopsPaperPerAnswer.si) },
            Field(column: .init(group: "FLOPs per answer", title: "spent")) { Line($0.flopsSpentPerAnswer.si) },
        ]
        switch detail {
        case .all: return accuracy + columns("pass@k", \.pass) + columns("maj@k", \.majority) + costs
        case .withoutCosts: return accuracy + columns("pass@k", \.pass) + columns("maj@k", \.majority)
        case .onlyN:
            return accuracy + [
                Field(column: .init(title: "pass@n")) { Line(NumberFormat.percent($0.samples?.pass.last?.value)) },
                Field(column: .init(title: "maj@n")) { Line(NumberFormat.percent($0.samples?.majority.last?.value)) },
            ]
        }
    }

    /// A column for each k of any row.
    private func columns(_ group: String, _ path: KeyPath<SampleFigures, [SampleFigures.AtK]>) -> [Field] {
        sections.flatMap(\.rows).ks(path).map { k in
            Field(column: .init(group: group, title: String(k))) { row in
                let figure = row.samples?[keyPath: path].at(k)
                return Line(NumberFormat.percent(figure?.value), figure == nil ? .dim : .plain)
            }
        }
    }

    private func stacked(width: Int) -> [Line] {
        sections.flatMap { section in
            (sections.count > 1 ? [section.heading] : [])
                + section.rows.flatMap { row -> [Line] in
                    guard let samples = row.samples else { return [] }
                    func list(_ figures: [SampleFigures.AtK]) -> Line {
                        Line(figures.map { "\($0.k): \(NumberFormat.percent($0.value))" }.joined(separator: ", "))
                    }
                    let facts = [
                        ("avg@\(samples.n)", Line("\(NumberFormat.percent(row.accuracy)) ± \(row.samplingError)")),
                        ("pass@k", list(samples.pass)), ("maj@k", list(samples.majority)),
                        (
                            "per answer",
                            Line("\(row.flopsPaperPerAnswer.si) paper, \(row.flopsSpentPerAnswer.si) spent")
                        ),
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

extension Double? {
    /// `1.20 T`
    fileprivate var si: String { map { NumberFormat.si($0) } ?? "–" }
}
