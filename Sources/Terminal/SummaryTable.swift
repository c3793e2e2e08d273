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
        let results = table(width: width) ?? stacked(width: width)
        let samples = SamplesTable(sections: sections).lines(width: width)
        lines += results.lines
        if !samples.lines.isEmpty { lines += [Line()] + samples.lines }
        lines += [Line()] + (TokenTable(sections: sections).lines(width: width))
        let notes = footnotes(results.notes.union(samples.notes))
        return lines + [Line()] + notes.flatMap { Line($0, .dim).wrapped(to: width, indent: 2) }
    }

    /// Rows by data set, in the order of the summary.
    var sections: [SummarySection] {
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
        var notes: Set<SummaryNote> = []
        var cell: (Summary.Row, SummarySection) -> Line
    }

    /// nil if no table fits.
    private func table(width: Int) -> NotedLines? {
        for fields in [fields, fields.filter(\.isEssential)] {
            var table = Table(columns: fields.map(\.column))
            for section in sections {
                table.rows.append(.heading(section.heading))
                for row in section.rows { table.rows.append(.cells(fields.map { $0.cell(row, section) })) }
            }
            guard let lines = table.lines(width: width) else { continue }
            return NotedLines(lines: lines, notes: fields.reduce(alwaysShown) { $0.union($1.notes) })
        }
        return nil
    }

    /// The notes on what every form of the results shows.
    private var alwaysShown: Set<SummaryNote> {
        var notes: Set<SummaryNote> = []
        if sections.contains(where: \.hasMarks) { notes.insert(.best) }
        if sections.contains(where: \.hasRatios) { notes.insert(.relative) }
        return notes
    }

    private var fields: [Field] {
        var fields = [
            Field(column: .init(title: "method", alignRight: false)) { row, _ in Line(row.method, .strong) },
            Field(column: .init(title: "solved")) { row, _ in Line(row.solved) },
            Field(column: .init(group: "accuracy", title: "")) { $1.marked(\.accuracy).cell($0.accuracy) },
            Field(column: .init(group: "accuracy", title: "95%", gap: 1), isEssential: false, notes: [.interval]) {
                row, _ in Line(row.interval, .dim)
            },
            Field(column: .init(title: "target"), notes: [.target]) { row, _ in
                Line(NumberFormat.percent(row.targetStepShare))
            },
            Field(column: .init(group: "accepted", title: "steps"), notes: [.acceptedSteps]) { row, _ in
                Line(NumberFormat.percent(row.acceptanceRate))
            },
            Field(
                column: .init(group: "accepted", title: "tokens", gap: 1), isEssential: false, notes: [.acceptedTokens]
            ) { row, _ in Line(NumberFormat.percent(row.acceptanceRateTokens)) },
        ]
        for (title, note, flops) in Self.costs {
            fields += [
                Field(column: .init(group: "FLOPs per problem", title: title), notes: [note]) { row, section in
                    section.cost(flops).cell(row.perProblem(flops))
                },
                Field(column: .init(group: "FLOPs per problem", title: "", gap: 1)) { row, section in
                    Line(row.relative(flops, to: section.baseline), .dim)
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

    private static let costs: [(title: String, note: SummaryNote, flops: KeyPath<Summary.Row, Double?> & Sendable)] = [
        ("paper", .paper, \.flopsPaper), ("spent", .spent, \.flopsSpent),
    ]

    // MARK: A list

    private func stacked(width: Int) -> NotedLines {
        var shown = NotedLines(
            lines: [], notes: alwaysShown.union([.target]).union(Self.costs.map(\.note)))
        for section in sections {
            shown.lines.append(section.heading.truncated(to: width))
            for row in section.rows {
                if !row.interval.isEmpty { shown.notes.insert(.interval) }
                if row.acceptanceRate != nil { shown.notes.formUnion([.acceptedSteps, .acceptedTokens]) }
                shown.lines.append(Line(row.method, .strong).truncated(to: width))
                shown.lines += facts(row, section).flatMap { name, value in
                    (Line("  " + name.padded(to: 13), .dim) + value).wrapped(to: width, indent: 15)
                }
            }
        }
        return shown
    }

    private func facts(_ row: Summary.Row, _ section: SummarySection) -> [(String, Line)] {
        let interval = row.interval.isEmpty ? Line() : Line("  95%: \(row.interval)", .dim)
        var facts = [
            ("solved", Line(row.solved)),
            ("accuracy", section.marked(\.accuracy).cell(row.accuracy) + interval),
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
        for (title, _, flops) in Self.costs {
            let relative = row.relative(flops, to: section.baseline)
            let ratio = relative.isEmpty ? Line() : Line("  " + relative, .dim)
            facts.append(("\(title) FLOPs", section.cost(flops).cell(row.perProblem(flops)) + ratio))
        }
        if row.failed > 0 { facts.append(("failed", Line(String(row.failed), .red))) }
        return facts
    }
}
