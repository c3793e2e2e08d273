import Reporting
import Support

/// A comparison of runs, as text.
package struct ComparisonView: Sendable {
    package let comparison: Comparison

    package init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// Warnings, the methods as a table if it fits and otherwise as a list, the runs, what they share, and what differs.
    package func lines(width: Int) -> [Line] {
        var lines = paragraphs(comparison.warnings, .yellow, width)
        if !lines.isEmpty { lines.append(Line()) }
        let longest = comparison.rows.map { Line(comparison.name(of: $0)).width }.max() ?? 0
        let detail = Detail.allCases.first {
            table($0).lines(width: width, leastFirst: min(longest, Self.mostOfName)) != nil
        }
        lines += detail.flatMap { table($0).lines(width: width) } ?? stacked(width: width)
        lines += [Line()] + paragraphs(footnotes(detail), .dim, width)
        lines += [Line()] + (runs.lines(width: width) ?? stackedRuns(width: width))
        for (title, sentences) in [
            ("problems", comparison.overlaps.map(\.words)), ("differences", comparison.differenceWords),
        ] where !sentences.isEmpty {
            lines += [Line(), Line(title, .yellow)] + paragraphs(sentences, .plain, width)
        }
        return lines
    }

    private func paragraphs(_ sentences: [String], _ style: Style, _ width: Int) -> [Line] {
        sentences.flatMap { Line($0, style).wrapped(to: width, indent: 2) }
    }

    // MARK: Methods

    /// What is left out where there is no room.
    private enum Detail: Int, CaseIterable {
        case all, noCosts, noCounts, noIntervals
    }

    /// A name is cut to this width before columns are left out.
    private static let mostOfName = 40

    private struct Field {
        var column: Table.Column
        var most: Detail
        var figure: Comparison.Figure?
        var cell: (Comparison.Row) -> Line

        init(
            _ column: Table.Column, _ most: Detail, _ figure: Comparison.Figure? = nil,
            cell: @escaping (Comparison.Row) -> Line
        ) {
            (self.column, self.most, self.figure, self.cell) = (column, most, figure, cell)
        }
    }

    /// - Parameter detail: nil for a list, which shows everything.
    private func fields(_ detail: Detail?) -> [Field] {
        fields.filter { (detail ?? .all).rawValue <= $0.most.rawValue }
    }

    private func footnotes(_ detail: Detail?) -> [String] {
        let shown = Set(fields(detail).compactMap(\.figure))
        let marked: [KeyPath<Comparison.Row, Double?>] =
            [\.accuracy, \.relativePaper, \.relativeSpent]
            + (shown.contains(.flops) ? [\.flopsPaper, \.flopsSpent] : [])
        let hasMarks = comparison.datasets.contains { dataset in marked.contains { best(dataset, $0).isMarked } }
        return comparison.footnotes(shown.union([.runs])) + (hasMarks ? [BestFigure.note] : [])
    }

    private func table(_ detail: Detail) -> Table {
        let fields = fields(detail)
        var table = Table(columns: fields.map(\.column))
        for dataset in comparison.datasets {
            table.rows.append(.heading(Line(dataset, .yellow)))
            for row in comparison.rows where row.dataset == dataset {
                table.rows.append(.cells(fields.map { $0.cell(row) }))
            }
        }
        return table
    }

    private var fields: [Field] {
        let against = "against \(comparison.referenceName)".sanitized
        let fields = [
            Field(.init(title: "method", alignRight: false), .noIntervals) {
                Line(comparison.name(of: $0), .strong)
            },
            Field(.init(title: "solved"), .noCosts) { Line($0.solved) },
            Field(.init(group: "accuracy", title: ""), .noIntervals) { accuracy($0) },
            Field(.init(group: "accuracy", title: "95%", gap: 1), .noCounts, .interval) { Line($0.interval, .dim) },
        ]
        let difference = [
            Field(.init(group: against, title: ""), .noIntervals, .difference, cell: difference),
            Field(.init(group: against, title: "95%", gap: 1), .noCounts, .differenceInterval) {
                Line($0.paired?.interval ?? "", .dim)
            },
        ]
        let tests = [
            Field(.init(group: against, title: "won–lost"), .noCosts) { Line($0.paired.map(wonAndLost) ?? "", .dim) },
            Field(.init(group: against, title: "p"), .noCosts, .p) { Line(p($0), .dim) },
            Field(.init(group: against, title: "Holm"), .noIntervals, .holm, cell: holm),
        ]
        let costs = [
            Field(.init(title: "accepted"), .all) { Line(NumberFormat.percent($0.acceptanceRate)) },
            Field(.init(group: "FLOPs per answer", title: "paper"), .all, .flops) { cost($0, \.flopsPaper) },
            Field(.init(group: "FLOPs per answer", title: "spent"), .all, .flops) { cost($0, \.flopsSpent) },
            Field(.init(group: "relative", title: "paper"), .noIntervals, .relative) { relative($0, \.relativePaper) },
            Field(.init(group: "relative", title: "spent"), .noIntervals, .relative) { relative($0, \.relativeSpent) },
        ]
        return fields + (hasTests ? difference + tests : []) + costs
    }

    /// Without a test, what it finds is left out.
    private var hasTests: Bool { comparison.rows.contains { $0.paired != nil } }

    private func accuracy(_ row: Comparison.Row) -> Line { best(row.dataset, \.accuracy).cell(row.accuracy) }

    private func cost(_ row: Comparison.Row, _ flops: KeyPath<Comparison.Row, Double?>) -> Line {
        best(row.dataset, flops).cell(row[keyPath: flops])
    }

    private func relative(_ row: Comparison.Row, _ ratio: KeyPath<Comparison.Row, Double?>) -> Line {
        best(row.dataset, ratio).cell(row[keyPath: ratio])
    }

    private func best(_ dataset: String, _ figure: KeyPath<Comparison.Row, Double?>) -> BestFigure {
        let figures = comparison.rows.filter { $0.dataset == dataset }.map { $0[keyPath: figure] }
        return BestFigure(figures, highest: figure == \.accuracy) { value in
            switch figure {
            case \.accuracy: NumberFormat.percent(value)
            case \.relativePaper, \.relativeSpent: ratio(value)
            default: flops(value)
            }
        }
    }

    private func flops(_ value: Double?) -> String { value.map(NumberFormat.si) ?? "–" }

    private func ratio(_ value: Double?) -> String { value.map { NumberFormat.fixed($0, 2) + "×" } ?? "–" }

    private func wonAndLost(_ test: PairedTest) -> String {
        "\(NumberFormat.grouped(test.wins))–\(NumberFormat.grouped(test.losses))"
    }

    private func difference(_ row: Comparison.Row) -> Line {
        guard !row.isReference else { return Line("reference", .dim) }
        guard let test = row.paired else { return Line("–", .dim) }
        let style: Style = !test.isSignificant ? .plain : test.difference > 0 ? .green : .red
        return Line(NumberFormat.points(test.difference), style)
    }

    private func p(_ row: Comparison.Row) -> String {
        guard let test = row.paired else { return "" }
        return (test.p.map(NumberFormat.p) ?? "–") + (comparison.isMixed && test.kind == .t ? "†" : "")
    }

    private func holm(_ row: Comparison.Row) -> Line {
        guard let test = row.paired else { return Line() }
        return Line((test.holm.map(NumberFormat.p) ?? "–") + (test.isSignificant ? "*" : " "))
    }

    private func stacked(width: Int) -> [Line] {
        comparison.datasets.flatMap { dataset -> [Line] in
            [Line(dataset, .yellow).truncated(to: width)]
                + comparison.rows.filter { $0.dataset == dataset }.flatMap { row in
                    [Line(comparison.name(of: row), .strong).truncated(to: width)]
                        + facts(row).flatMap { name, value in
                            (Line("  " + name.padded(to: 13), .dim) + value).wrapped(to: width, indent: 15)
                        }
                }
        }
    }

    private func facts(_ row: Comparison.Row) -> [(String, Line)] {
        var facts = [
            ("solved", Line(row.solved)),
            ("accuracy", accuracy(row) + Line(row.interval.isEmpty ? "" : "  95%: \(row.interval)", .dim)),
        ]
        if let test = row.paired {
            let interval = test.interval.isEmpty ? "" : "  95%: \(test.interval)"
            let counts = "\(NumberFormat.grouped(test.wins)) won, \(NumberFormat.grouped(test.losses)) lost"
            facts += [
                ("difference", difference(row) + interval),
                ("on", Line("\(NumberFormat.counted(test.problems, "problem")), \(counts)")),
                ("p", Line(p(row) + ", Holm ") + holm(row)),
            ]
        } else if hasTests {
            facts.append(("difference", difference(row)))
        }
        if row.acceptanceRate != nil { facts.append(("accepted", Line(NumberFormat.percent(row.acceptanceRate)))) }
        return facts + [
            ("paper FLOPs", cost(row, \.flopsPaper) + Line("  \(ratio(row.relativePaper))", .dim)),
            ("spent FLOPs", cost(row, \.flopsSpent) + Line("  \(ratio(row.relativeSpent))", .dim)),
        ]
    }

    // MARK: Runs

    private var runs: Table {
        var table = Table(columns: [
            .init(title: "run", alignRight: false), .init(title: "finished"), .init(title: "time"),
            .init(title: "energy"), .init(title: "begun"), .init(title: "directory", alignRight: false),
        ])
        table.rows = comparison.runs.map { run in
            .cells([
                Line(run.label, .strong), Line(finished(run)), Line(NumberFormat.duration(run.seconds)),
                Line(run.joules.map(NumberFormat.energy) ?? "–"), Line(run.created, .dim), Line(run.directory, .dim),
            ])
        }
        return table
    }

    private func stackedRuns(width: Int) -> [Line] {
        comparison.runs.flatMap { run in
            let energy = run.joules.map { [NumberFormat.energy(joules: $0)] } ?? []
            let facts = [finished(run), NumberFormat.duration(run.seconds)] + energy + [run.created, run.directory]
            return (Line(run.label, .strong) + "  " + Line(facts.joined(separator: ", "), .dim))
                .wrapped(to: width, indent: 2)
        }
    }

    private func finished(_ run: Comparison.Run) -> String {
        "\(NumberFormat.grouped(run.finished))/\(NumberFormat.grouped(run.total))"
    }
}
