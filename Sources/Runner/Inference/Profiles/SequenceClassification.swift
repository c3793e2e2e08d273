import JobSpecs
import ModelLifecycle

/// An outcome reward model as judge of steps: a sequence classifier with one label, such as Skywork-Reward-Llama-3.1-8B
/// (arXiv 2410.18451), the one in RSD's paper.
///
/// The input is that of its model card: a conversation of the question and a response, in the model's chat template. A step is judged as the
/// end of a response: the reward is the sigmoid of the number at the last token. The end of a turn follows each step, so that each is a
/// pass of its own.
struct SequenceClassification: OnePassScorer {
    let overlong: OverlongPolicy
    let showsConversation = true

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        let question = ChatMessage(role: "user", content: problem.question)
        var before = ""
        var prefixes: [[Int]] = []
        for step in steps {
            let response = ChatMessage(role: "assistant", content: before + session.splitter.withoutDelimiter(step))
            prefixes.append(try await session.tokens(of: [question, response], upTo: .turn))
            before += step
        }
        return Reading(problem: try await session.tokens(of: [question]), prefixes: prefixes)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}
