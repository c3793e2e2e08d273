import Decoding
import Support

extension Summary {
    /// Warnings to read before the numbers: a sentence for each method and data set with more than 2 % of its answers cut by a
    /// limit, and one with the remedy. Empty if there are none.
    package var cutAnswers: [String] {
        let rows = rows.filter { $0.total > 0 && $0.cut * 50 > $0.total }
        guard !rows.isEmpty else { return [] }
        let datasets = Set(self.rows.map(\.dataset)).count
        let sentences = rows.map { row in
            let limits = Limit.all.compactMap { limit in
                row.finishes[limit.finish.rawValue].map { "\(NumberFormat.grouped($0)) by \(limit.name)" }
            }
            return "\(row.method): \(NumberFormat.percent(Double(row.cut) / Double(row.total))) of the answers"
                + (datasets > 1 ? " on \(row.dataset)" : "") + " were cut off, "
                + limits.joined(separator: ", ") + "."
        }
        let struck = Limit.all.filter { limit in rows.contains { $0.finishes[limit.finish.rawValue] != nil } }
        return sentences + [
            "Cut answers are mostly wrong: " + struck.map(\.remedy).joined(separator: ", ")
                + ", or report the accuracy as measured under this limit."
        ]
    }

    /// What ends a response before its model does.
    private struct Limit {
        var finish: Finish
        var name: String
        var remedy: String

        static let all = [
            Limit(finish: .maxTokens, name: "max_tokens", remedy: "raise max_tokens (or max_tokens_per_call)"),
            Limit(finish: .maxSteps, name: "max_steps", remedy: "raise max_steps"),
            Limit(finish: .context, name: "the context", remedy: "give the models more context"),
            Limit(finish: .lowRewards, name: "low rewards", remedy: "lower the method's floor"),
            Limit(finish: .repetition, name: "repetition", remedy: "raise the temperature"),
        ]
    }
}

extension Summary.Row {
    /// Number of answers that a limit ended.
    package var cut: Int {
        finishes.reduce(0) { $0 + (Finish(rawValue: $1.key)?.isCut == true ? $1.value : 0) }
    }
}
