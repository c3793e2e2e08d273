import JobSpecs

/// A token classifier with one label: a step's reward is the score at its last token, in the tokens of the text up to the
/// step.
///
/// Served by vLLM's `/pooling` for any `*ForTokenClassification` checkpoint.
struct TokenClassification: OnePassScorer {
    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        let head = try await session.tokens(of: problem)
        var prefixes: [[Int]] = []
        for step in steps.indices {
            let prefix = try await session.tokens(of: problem, steps: Array(steps[...step]))
            guard prefix != prefixes.last ?? head else {
                throw PermanentFailure(
                    reason: "the PRM's tokenizer has no token for the step \(steps[step].debugDescription)")
            }
            prefixes.append(prefix)
        }
        return Reading(problem: head, prefixes: prefixes)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}
