import Decoding
import Reporting
import Support

/// The rows of one data set.
struct SummarySection: Sendable {
    var dataset: String
    var rows: [Summary.Row]

    var heading: Line {
        let (most, problems) = (rows.map(\.total).max() ?? 0, rows.map(\.problems).max() ?? 0)
        let isEven = Set(rows.map { $0.samples?.n ?? 1 }).count < 2
        let size =
            isEven ? "\(NumberFormat.counted(most, "answer")) per method" : NumberFormat.counted(problems, "problem")
        return Line(dataset, .yellow) + Line("  " + size, .dim)
    }

    /// The row that others are compared with: the method in which the target works alone.
    var baseline: Summary.Row? { rows.first(where: \.isTargetOnly) }

    /// A share of right answers, the highest marked.
    func marked(_ share: (Summary.Row) -> Double?) -> BestFigure {
        BestFigure(rows.map(share), highest: true) { NumberFormat.percent($0) }
    }

    /// FLOPs per problem, the lowest marked.
    func cost(_ flops: KeyPath<Summary.Row, Double?>) -> BestFigure { cost(of: { $0.perProblem(flops) }) }

    /// FLOPs, the lowest marked.
    func cost(of flops: (Summary.Row) -> Double?) -> BestFigure {
        BestFigure(rows.map(flops), highest: false) { $0.map(NumberFormat.si) ?? "–" }
    }

    /// Whether the results have a mark.
    var hasMarks: Bool {
        [marked(\.accuracy), cost(\.flopsPaper), cost(\.flopsSpent)].contains(where: \.isMarked)
    }

    /// Whether the results have FLOPs relative to others.
    var hasRatios: Bool {
        rows.contains { row in
            [\.flopsPaper, \.flopsSpent].contains { !row.relative($0, to: baseline).isEmpty }
        }
    }
}

extension Summary.Row {
    var isTargetOnly: Bool {
        let none = TokenCounts()
        return tokens.target.generated > 0 && tokens.draft == none.draft && tokens.prm == none.prm
    }

    var failed: Int { finishes[Finish.failed.rawValue] ?? 0 }

    var solved: String { "\(NumberFormat.grouped(correct))/\(NumberFormat.grouped(total))" }

    func perProblem(_ flops: KeyPath<Self, Double?>) -> Double? {
        guard problems > 0, let flops = self[keyPath: flops] else { return nil }
        return flops / Double(problems)
    }

    /// `0.31×`; empty without a baseline.
    func relative(_ flops: KeyPath<Self, Double?>, to baseline: Self?) -> String {
        guard let baseline, problems > 0, baseline.problems > 0, let own = self[keyPath: flops],
            let its = baseline[keyPath: flops],
            its > 0
        else { return "" }
        let ratio = own / Double(problems) / (its / Double(baseline.problems))
        return (ratio >= 100 ? NumberFormat.si(ratio) : NumberFormat.fixed(ratio, 2)) + "×"
    }
}
