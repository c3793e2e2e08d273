import JobSpecs

/// Skywork-o1-Open-PRM: the sigmoid of a value head at the step token after each step.
///
/// The input is that of the authors' `prepare_input` (SkyworkAI/skywork-o1-prm-inference, `model_utils/io_utils.py`): the
/// beginning token, the problem and a line break; then each step, tokenized separately and without its delimiter, followed by
/// the last token of the step token. So text after a step never changes its tokens.
struct Skywork: OnePassScorer {
    let stepToken: String
    /// The text of the beginning-of-sequence token; nil if the tokenizer has none.
    let beginningToken: String?
    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        guard let mark = try await session.bareTokens(of: stepToken).last else {
            throw PermanentFailure(reason: "the PRM's tokenizer makes no token of the step token")
        }
        let head = try await session.bareTokens(of: (beginningToken ?? "") + problem.question + "\n")
        var parts: [[Int]] = []
        for step in steps {
            parts.append(try await session.bareTokens(of: session.splitter.withoutDelimiter(step)) + [mark])
        }
        return Reading(head: head, steps: parts)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}
