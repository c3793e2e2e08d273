import Foundation
import Support

extension Comparison {
    /// Tables for an issue.
    package var markdown: String {
        let table = ComparisonTable(self)
        var parts = ["# \(title.markdown)"]
        if !warnings.isEmpty { parts.append(Self.markdownList(warnings)) }
        for section in table.sections {
            parts.append("## \(section.dataset.markdown)")
            parts.append(Self.markdownTable([table.header] + section.rows, texts: 1))
        }
        parts.append(Self.markdownList(footnotes()))
        parts += ["## Runs", Self.markdownTable([ComparisonTable.runsHeader] + table.runs, texts: 2)]
        if !overlaps.isEmpty { parts += ["## Problems", Self.markdownList(overlaps.map(\.words))] }
        if !differences.isEmpty { parts += ["## Differences", Self.markdownList(differenceWords)] }
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// For people.
    var title: String { "\(runs.map(\.label).joined(separator: ", ")): against \(referenceName)" }

    private static func markdownList(_ sentences: [String]) -> String {
        sentences.map { "- \($0.markdown)" }.joined(separator: "\n")
    }

    /// - Parameter texts: number of columns aligned to the left.
    private static func markdownTable(_ rows: [[String]], texts: Int) -> String {
        let rule = (rows.first ?? []).indices.map { $0 < texts ? "---" : "--:" }
        let cells = rows.map { $0.map(\.markdown) }
        return (cells.prefix(1) + [rule] + cells.dropFirst()).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }

    /// A table for a paper, with booktabs: a group of rows per data set. What it means is in comments below.
    package var latex: String {
        let table = ComparisonTable(self)
        let kept = [0, 2, 3, 4, 5, 9, 10, 12, 13, 14, 15, 16]
        func row(_ cells: [String]) -> String { kept.map { cells[$0].latex }.joined(separator: " & ") + #" \\"# }
        let columns = "l" + String(repeating: "r", count: kept.count - 1)
        var lines = ["% \\usepackage{booktabs}", "\\begin{tabular}{\(columns)}"]
        lines += ["\\toprule", row(table.header), "\\midrule"]
        for (place, section) in table.sections.enumerated() {
            if place > 0 { lines.append("\\addlinespace") }
            if table.sections.count > 1 {
                lines.append("\\multicolumn{\(kept.count)}{l}{\\emph{\(section.dataset.latex)}} \\\\")
            }
            lines += section.rows.map(row)
        }
        lines += ["\\bottomrule", "\\end{tabular}"]
        let notes = warnings + footnotes() + overlaps.map(\.words) + differenceWords
        return (lines + notes.map { "% \($0.sanitized)" }).joined(separator: "\n") + "\n"
    }

    /// One line per run, method and data set, with all digits. Missing values are empty.
    package var csv: String {
        let header = [
            "run", "method", "dataset", "reference", "answers", "correct", "failed", "accuracy", "accuracy_low",
            "accuracy_high", "target_step_share", "acceptance_rate", "flops_paper_per_answer", "flops_paper_relative",
            "flops_spent_per_answer", "flops_spent_relative", "test", "problems", "wins", "losses", "ties",
            "paired_accuracy", "reference_accuracy", "difference", "difference_low", "difference_high",
            "standard_error", "p", "p_holm", "run_directory", "run_finished", "run_total", "run_seconds", "run_joules",
        ]
        let lines = rows.map { row -> [String] in
            func number(_ value: Double?) -> String { value?.description ?? "" }
            func count(_ value: Int?) -> String { value.map { String($0) } ?? "" }
            let (test, run) = (row.paired, runs.first { $0.label == row.run })
            return [
                row.run, row.method, row.dataset, reference, String(row.answers), String(row.correct),
                String(row.failed),
                number(row.accuracy), number(row.accuracyLow), number(row.accuracyHigh), number(row.targetStepShare),
                number(row.acceptanceRate), number(row.flopsPaper), number(row.relativePaper), number(row.flopsSpent),
                number(row.relativeSpent), test?.kind.rawValue ?? "", count(test?.problems), count(test?.wins),
                count(test?.losses), count(test?.ties), number(test?.accuracy), number(test?.referenceAccuracy),
                number(test?.difference), number(test?.low), number(test?.high), number(test?.standardError),
                number(test?.p), number(test?.holm), run?.directory ?? "", count(run?.finished), count(run?.total),
                number(run?.seconds), number(run?.joules),
            ]
        }
        return ([header] + lines).map { $0.map(\.csvCell).joined(separator: ",") + "\n" }.joined()
    }
}
