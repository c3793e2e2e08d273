import JobSpecs
import ModelLifecycle

/// RLHFlow's PRMs (Llama3.1-8B-PRM-Deepseek-Data and -Mistral-Data): a conversation with one step per user turn, which the
/// assistant answers with '+' or '-'.
///
/// The question precedes the first step. All earlier answers are '+', as in the authors' evaluation
/// (RLHFlow/RLHF-Reward-Modeling, `math-rm/prm_evaluate.py`), and a step's score is at the last token before its answer.
struct RLHFlow: OnePassScorer {
    /// Directory of the checkpoint.
    let model: String
    let overlong: OverlongPolicy

    func read(_ steps: [String], of problem: ProblemPrompt, in session: ModelSession) async throws -> Reading {
        var turns: [ChatMessage] = []
        var prefixes: [[Int]] = []
        for step in steps {
            let text = session.splitter.withoutDelimiter(step)
            if turns.isEmpty {
                turns = [ChatMessage(role: "user", content: problem.question + " " + text)]
            } else {
                turns += [ChatMessage(role: "assistant", content: "+"), ChatMessage(role: "user", content: text)]
            }
            prefixes.append(try await session.tokens(of: turns))
        }
        let bare = [ChatMessage(role: "user", content: problem.question)]
        return Reading(problem: try await session.tokens(of: bare), prefixes: prefixes)
    }

    func reward(of row: [Double]) -> Double? { row.count == 1 ? row[0] : nil }
}
