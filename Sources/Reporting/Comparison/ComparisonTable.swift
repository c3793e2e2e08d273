import Support

/// A comparison as texts for tables of documents, the same in every markup.
struct ComparisonTable {
    struct Section {
        var dataset: String
        var rows: [[String]]
    }

    static let runsHeader = ["run", "directory", "finished", "time", "energy", "begun"]

    let header: [String]
    let sections: [Section]
    let runs: [[String]]

    init(_ comparison: Comparison) {
        header = [
            "method", "solved", "accuracy", "95%", "against \(comparison.referenceName)", "95%", "problems", "won",
            "lost",
            "p", "Holm", "target steps", "accepted", "paper FLOPs", "×", "spent FLOPs", "×",
        ]
        sections = comparison.datasets.map { dataset in
            let rows = comparison.rows.filter { $0.dataset == dataset }
            return Section(dataset: dataset, rows: rows.map { Self.cells($0, of: comparison) })
        }
        runs = comparison.runs.map { run in
            [
                run.label, run.directory, "\(NumberFormat.grouped(run.finished))/\(NumberFormat.grouped(run.total))",
                NumberFormat.duration(run.seconds), run.joules.map(NumberFormat.energy) ?? "–", run.created,
            ]
        }
    }

    private static func cells(_ row: Comparison.Row, of comparison: Comparison) -> [String] {
        func flops(_ value: Double?) -> String { value.map(NumberFormat.si) ?? "–" }
        func ratio(_ value: Double?) -> String { value.map { NumberFormat.fixed($0, 2) } ?? "–" }
        func count(_ value: Int?) -> String { value.map(NumberFormat.grouped) ?? "–" }
        let test = row.paired
        return [
            comparison.name(of: row), row.solved, NumberFormat.percent(row.accuracy), row.interval,
            row.isReference ? "reference" : test.map { NumberFormat.points($0.difference) } ?? "–",
            test?.interval ?? "", count(test?.problems), count(test?.wins), count(test?.losses),
            (test?.p.map(NumberFormat.p) ?? "–") + (comparison.isMixed && test?.kind == .t ? "†" : ""),
            (test?.holm.map(NumberFormat.p) ?? "–") + (test?.isSignificant == true ? "*" : ""),
            NumberFormat.percent(row.targetStepShare), NumberFormat.percent(row.acceptanceRate),
            flops(row.flopsPaper), ratio(row.relativePaper), flops(row.flopsSpent), ratio(row.relativeSpent),
        ]
    }
}
