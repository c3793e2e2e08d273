import Decoding
import Support

extension RunReport {
    /// Tables for a paper or an issue: accuracies of all methods on all data sets, then the figures of each data set.
    package var markdown: String {
        let datasets = job.spec.datasets.map(\.name)
        var parts = ["# \(job.spec.name.markdown)", facts.joined(separator: "  \n")]
        if finished < total { parts.append("\(finished) of \(total) answers are finished.") }
        parts += (manifest.merged?.missing ?? []).map { "\($0.markdown)." }
        if !summary.cutAnswers.isEmpty {
            parts.append(summary.cutAnswers.map(\.markdown).joined(separator: "  \n"))
        }
        if datasets.count > 1 { parts.append(accuracies(datasets)) }
        for dataset in datasets {
            if datasets.count > 1 { parts.append("## \(dataset.markdown)") }
            let rows = summary.rows.filter { $0.dataset == dataset }
            parts += [table(of: rows)] + samples(of: rows) + breakdowns(of: rows)
        }
        parts.append(notes.joined(separator: "  \n"))
        return parts.joined(separator: "\n\n") + "\n"
    }

    private var facts: [String] {
        let models = Role.named.compactMap { role -> String? in
            guard let model = job.spec.models[role] else { return nil }
            let name = model.title.split(separator: "/").last.map(String.init) ?? model.title
            let size = summary.parameters[role.rawValue].map { " (\(NumberFormat.si($0)))" } ?? " (unknown size)"
            return "\(role.rawValue) \(name.markdown)\(size)"
        }
        return [
            models.joined(separator: ", "),
            "rsd-batch \(manifest.program), engine \(manifest.engine.markdown), grader \(summary.grader.markdown), "
                + "seed \(manifest.seed), \(manifest.created)",
        ]
    }

    /// As in the paper's Table 2: in percent, with the mean over the data sets.
    private func accuracies(_ datasets: [String]) -> String {
        let rows = job.spec.methods.map { method -> [String] in
            let values = datasets.map { dataset in
                summary.rows.first { $0.method == method.name && $0.dataset == dataset }?.accuracy
            }
            let known = values.compactMap(\.self)
            let mean = known.count == values.count ? known.reduce(0, +) / Double(known.count) : nil
            return [method.name.markdown] + (values + [mean]).map { NumberFormat.percent($0) }
        }
        return Self.table([["method"] + datasets.map(\.markdown) + ["mean"]] + rows)
    }

    private func table(of rows: [Summary.Row]) -> String {
        let hasPairs = rows.contains { $0.paired != nil }
        let baseline = rows.compactMap(\.paired?.baseline).first.flatMap { name in rows.first { $0.method == name } }
        let header =
            ["method", "solved", "accuracy", "95%"]
            + (hasPairs ? ["against \(baseline?.method.markdown ?? "")", "p"] : [])
            + ["target steps", "accepted", "paper FLOPs", "spent FLOPs"]
        let cells = rows.map { row -> [String] in
            [row.method.markdown, "\(row.correct)/\(row.total)", NumberFormat.percent(row.accuracy), row.interval]
                + (hasPairs ? [row.paired?.words ?? "", row.paired?.p.map(NumberFormat.p) ?? ""] : [])
                + [
                    NumberFormat.percent(row.targetStepShare), NumberFormat.percent(row.acceptanceRate),
                    flops(\.flopsPaperPerProblem, of: row, against: baseline),
                    flops(\.flopsSpentPerProblem, of: row, against: baseline),
                ]
        }
        return Self.table([header] + cells)
    }

    /// A table of avg@n, pass@k and maj@k, if a method has several samples of a problem.
    private func samples(of rows: [Summary.Row]) -> [String] {
        guard rows.haveSamples else { return [] }
        let (pass, majority) = (rows.ks(\.pass), rows.ks(\.majority))
        let header =
            ["samples", "n", "avg@n", "±"] + pass.map { "pass@\($0)" } + majority.map { "maj@\($0)" }
            + ["paper FLOPs per answer", "spent FLOPs per answer"]
        let cells = rows.map { row -> [String] in
            func values(_ ks: [Int], _ figures: [SampleFigures.AtK]?) -> [String] {
                ks.map { NumberFormat.percent(figures?.at($0)?.value) }
            }
            return [
                row.method.markdown, String(row.samples?.n ?? 1), NumberFormat.percent(row.accuracy),
                row.samples?.averageStderr.map { NumberFormat.fixed(100 * $0, 1) } ?? "–",
            ] + values(pass, row.samples?.pass) + values(majority, row.samples?.majority)
                + [row.flopsPaperPerAnswer, row.flopsSpentPerAnswer].map { $0.map { NumberFormat.si($0) } ?? "–" }
        }
        return [Self.table([header] + cells)]
    }

    /// A table of accuracies for each field with few values; the number of problems is at the head of each column.
    private func breakdowns(of rows: [Summary.Row]) -> [String] {
        (rows.first?.breakdowns ?? []).enumerated().map { place, first in
            let groups = rows.map { $0.breakdowns?[place].groups ?? [] }
            let header = first.groups.indices.map { column in
                let problems = groups.map { $0[column].problems }.max() ?? 0
                return "\(first.groups[column].title.markdown) (\(problems))"
            }
            let cells = zip(rows, groups).map { row, groups in
                [row.method.markdown] + groups.map { NumberFormat.percent($0.accuracy) }
            }
            return Self.table([[first.field.markdown] + header] + cells)
        }
    }

    private func flops(
        _ path: KeyPath<Summary.Row, Double?>, of row: Summary.Row, against baseline: Summary.Row?
    ) -> String {
        guard let value = row[keyPath: path] else { return "–" }
        guard let base = baseline?[keyPath: path], base > 0 else { return NumberFormat.si(value) }
        return "\(NumberFormat.si(value)) (\(NumberFormat.fixed(value / base, 2))×)"
    }

    private var notes: [String] {
        let run = summary.run
        let loading = run.seconds.loading.values.reduce(0, +)
        let phases = run.loadingPhaseWords.map { " (\($0))" } ?? ""
        let engines =
            loading > 0
            ? "Engines of the whole run: \(run.startWords.joined(separator: ", ")), \(NumberFormat.duration(loading)) to start"
                + "\(phases)." : nil
        let energy = run.joules.map {
            "GPU energy of the whole run: \(NumberFormat.energy(joules: $0.total)) (\($0.words)), including other programs."
        }
        return [
            "95%: Wilson interval, clustered by problem if problems have several samples.",
            "p: McNemar's exact two-sided test on the same problems.",
        ] + summary.sampleNotes.map(\.markdown) + [
            "FLOPs per problem; paper: \(summary.flops.paper.markdown); spent: \(summary.flops.spent.markdown)."
        ] + sizes + summary.unknownSizes.map { "\($0.markdown)." }
            + [summary.undecidedNote().map { $0 + "." }, engines, energy].compactMap(\.self)
    }

    /// The sources of N.
    private var sizes: [String] {
        let known = Role.named.compactMap { role -> String? in
            guard let count = summary.parameters[role.rawValue], let source = summary.parametersFrom[role.rawValue]
            else { return nil }
            return "\(role.rawValue) \(NumberFormat.grouped(count)) (\(source.markdown))"
        }
        return known.isEmpty ? [] : ["N: \(known.joined(separator: "; "))."]
    }

    private static func table(_ rows: [[String]]) -> String {
        guard let header = rows.first else { return "" }
        let rule = ["---"] + Array(repeating: "--:", count: header.count - 1)
        return ([header, rule] + rows.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}

extension Summary.Row {
    /// `64.9–77.3`, in percent.
    package var interval: String {
        guard let accuracyLow, let accuracyHigh else { return "" }
        return "\(NumberFormat.fixed(accuracyLow * 100, 1))–\(NumberFormat.fixed(accuracyHigh * 100, 1))"
    }
}

extension PairedComparison {
    /// `+1.5 (−0.9 to +3.9)`, in percentage points.
    fileprivate var words: String {
        guard let difference, let differenceLow, let differenceHigh else { return "–" }
        return
            "\(NumberFormat.points(difference)) (\(NumberFormat.points(differenceLow)) to \(NumberFormat.points(differenceHigh)))"
    }
}

extension NumberFormat {
    /// A difference of shares in points: `+1.5`, `−0.9`.
    package static func points(_ share: Double) -> String {
        let size = fixed(abs(share) * 100, 1)
        return (share < 0 && size != "0.0" ? "−" : "+") + size
    }

    /// A p-value with three places, or `<0.001`.
    package static func p(_ value: Double) -> String {
        value < 0.001 ? "<0.001" : fixed(value, 3)
    }
}
