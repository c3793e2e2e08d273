import JobSpecs
import ModelLifecycle

/// Qwen2.5-Math-PRM: the probability of the good one of two classes, at the `<extra_0>` after each step.
///
/// The input is that of the model card: a conversation whose assistant turn has the steps, without delimiters, each followed by
/// the tag. The tag is a single token, so each step is tokenized separately.
struct QwenPRM: OnePassScorer {
    private static let tag = "<extra_0>"
    private static let system = #"Please reason step by step, and put your final answer within \boxed{}."#

    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        let tag = try await session.onlyToken(in: Self.tag)
        let head = try await session.tokens(of: [
            ChatMessage(role: "system", content: Self.system), ChatMessage(role: "user", content: problem.question),
        ])
        var parts: [[Int]] = []
        for step in steps {
            parts.append(try await session.bareTokens(of: session.splitter.withoutDelimiter(step)) + [tag])
        }
        return Reading(head: head, steps: parts)
    }

    func reward(of row: [Double]) -> Double? { row.count == 2 ? row[1] : nil }
}
