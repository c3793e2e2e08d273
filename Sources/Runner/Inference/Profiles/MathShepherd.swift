import JobSpecs

/// Math-Shepherd (arXiv 2312.08935): a language model that predicts '+' or '-' at the tag `ки` after each step.
///
/// The input is that of the model card: the question, a space, and the steps on separate lines, without delimiters and each
/// ending in ` ки`.
struct MathShepherd: OnePassScorer {
    private static let tag = " ки"

    /// Directory of the checkpoint.
    let model: String
    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        func tokens(_ text: String) async throws -> [Int] {
            try await session.tokens(of: text, addSpecialTokens: true)
        }
        var text = problem.question
        var prefixes: [[Int]] = []
        for step in steps {
            let step = session.splitter.withoutDelimiter(step)
            // A second space before the tag would change its tokens.
            text += (prefixes.isEmpty ? (step.isEmpty ? "" : " ") : "\n") + step + Self.tag
            prefixes.append(try await tokens(text))
        }
        return Reading(problem: try await tokens(problem.question), prefixes: prefixes)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}
