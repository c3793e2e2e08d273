import Reporting
import Support

/// The results of a run, as text.
package struct SummaryTable: Sendable {
    package let summary: Summary

    package init(_ summary: Summary) {
        self.summary = summary
    }

    /// Results, tokens, and explanations of the figures: as tables if they fit, otherwise as lists.
    package func lines(width: Int) -> [Line] {
        var lines = summary.cutAnswers.flatMap { Line($0, .yellow).wrapped(to: width, indent: 2) }
        if !lines.isEmpty { lines.append(Line()) }
        lines +=
            resultsTable(isCompact: false).lines(width: width)
            ?? resultsTable(isCompact: true).lines(width: width) ?? stacked(width: width)
        let samples = SamplesTable(sections: sections).lines(width: width)
        if !samples.isEmpty { lines += [Line()] + samples }
        lines += [Line()] + (TokenTable(sections: sections).lines(width: width))
        lines += [Line()] + footnotes.flatMap { Line($0, .dim).wrapped(to: width, indent: 2) }
        return lines
    }

    /// Rows by data set, in the order of the summary.
    private var sections: [SummarySection] {
        var sections: [SummarySection] = []
        for row in summary.rows {
            if let index = sections.firstIndex(where: { $0.dataset == row.dataset }) {
                sections[index].rows.append(row)
            } else {
                sections.append(SummarySection(dataset: row.dataset, rows: [row]))
            }
        }
        return sections
    }

    private var hasFailures: Bool { summary.rows.contains { $0.failed > 0 } }

    // MARK: A table

    private struct Field {
        var column: Table.Column
        /// Whether it stays when there is no room for all columns.
        var isEssential = true
        var cell: (Summary.Row, _ baseline: Summary.Row?) -> Line
    }

    private func resultsTable(isCompact: Bool) -> Table {
        let fields = fields.filter { !isCompact || $0.isEssential }
        var table = Table(columns: fields.map(\.column))
        for section in sections {
            table.rows.append(.heading(section.heading))
            for row in section.rows {
                table.rows.append(.cells(fields.map { $0.cell(row, section.baseline) }))
            }
        }
        return table
    }

    private var fields: [Field] {
        var fields = [
            Field(column: .init(title: "method", alignRight: false)) { row, _ in Line(row.method, .strong) },
            Field(column: .init(title: "solved")) { row, _ in Line(row.solved) },
            Field(column: .init(group: "accuracy", title: "")) { row, _ in
                Line(NumberFormat.percent(row.accuracy), .green)
            },
            Field(column: .init(group: "accuracy", title: "95%", gap: 1), isEssential: false) { row, _ in
                Line(row.interval, .dim)
            },
            Field(column: .init(title: "target")) { row, _ in Line(NumberFormat.percent(row.targetStepShare))
            },
            Field(column: .init(group: "accepted", title: "steps")) { row, _ in
                Line(NumberFormat.percent(row.acceptanceRate))
            },
            Field(column: .init(group: "accepted", title: "tokens", gap: 1), isEssential: false) { row, _ in
                Line(NumberFormat.percent(row.acceptanceRateTokens))
            },
        ]
        for (title, flops) in [("paper", \Summary.Row.flopsPaper), ("spent", \Summary.Row.flopsSpent)] {
            fields += [
                Field(column: .init(group: "FLOPs per problem", title: title)) { row, _ in
                    Line(row.perProblem(flops))
                },
                Field(column: .init(group: "FLOPs per problem", title: "", gap: 1)) { row, baseline in
                    Line(row.relative(flops, to: baseline), .dim)
                },
            ]
        }
        if hasFailures {
            fields.append(
                Field(column: .init(title: "failed"), isEssential: false) { row, _ in
                    Line(String(row.failed), row.failed > 0 ? .red : .dim)
                })
        }
        return fields
    }

    private func accuracy(_ row: Summary.Row) -> Line {
        Line(NumberFormat.percent(row.accuracy), .green) + Line(" " + row.interval, .dim)
    }

    // MARK: A list

    private func stacked(width: Int) -> [Line] {
        sections.flatMap { section in
            [section.heading]
                + section.rows.flatMap { row in
                    [Line(row.method, .strong).truncated(to: width)]
                        + facts(row, baseline: section.baseline).flatMap { name, value in
                            (Line("  " + name.padded(to: 13), .dim) + value).wrapped(to: width, indent: 15)
                        }
                }
        }
    }

    private func facts(_ row: Summary.Row, baseline: Summary.Row?) -> [(String, Line)] {
        func flops(_ path: KeyPath<Summary.Row, Double?>) -> Line {
            let relative = row.relative(path, to: baseline)
            return Line(row.perProblem(path)) + (relative.isEmpty ? Line() : Line("  " + relative, .dim))
        }
        var facts = [
            ("solved", Line(row.solved)),
            ("accuracy", accuracy(row)),
            ("target", Line(NumberFormat.percent(row.targetStepShare) + " of steps")),
        ]
        if row.acceptanceRate != nil {
            let (steps, tokens) = (row.acceptanceRate, row.acceptanceRateTokens)
            facts.append(
                (
                    "accepted",
                    Line("\(NumberFormat.percent(steps)) of steps, \(NumberFormat.percent(tokens)) of tokens")
                )
            )
        }
        facts += [("paper FLOPs", flops(\.flopsPaper)), ("spent FLOPs", flops(\.flopsSpent))]
        if row.failed > 0 { facts.append(("failed", Line(String(row.failed), .red))) }
        return facts
    }

    private var footnotes: [String] {
        var notes = [
            "95%: Wilson interval of the accuracy. target: share of the steps that the target wrote.",
            "accepted: share of the draft steps judged against the threshold, and of their tokens.",
            "paper: 2N per token: draft and target kept and rejected, prm judged; no prompts, no look-ahead.",
            "spent: 2N per token that any request read or wrote, including look-ahead and prompts read again.",
        ]
        if let baseline = sections.lazy.compactMap(\.baseline).first {
            notes.append("×: FLOPs per problem relative to \(baseline.method) on the same data set.")
        }
        notes += summary.sampleNotes
        return notes + summary.unknownSizes.map { "–: \($0)." }
    }
}
