import Datasets
import Decoding
import Graders
import Reporting
import Support

/// The state of a trajectory, finished or not: the output of `show`.
package struct TrajectoryReport: Sendable, Equatable, Encodable {
    package var id: String
    package var question: String
    package var gold: String
    /// nil if the problem has none.
    package var meta: [String: JSONValue]?
    /// nil while unfinished.
    @Nulled package var finish: Finish?
    package var failure: String?
    /// The phase that it waits for; nil once finished.
    @Nulled package var waitsFor: String?
    package var steps: [Step]
    /// The candidate solutions; nil for methods that write one.
    package var candidates: [Candidate]?
    package var text: String
    @Nulled package var answer: String?
    /// Whether the verdict is `right`; nil while unfinished.
    @Nulled private var correct: Bool?
    /// nil while unfinished.
    @Nulled package var verdict: Grade.Verdict?
    package var verdictReason: String?
    package var tokens: TokenCounts
    package var waves: Int
    /// How thoughts are marked; nil if nothing is known of them. Not in the JSON.
    package var thoughts: Thoughts?

    /// - Parameter result: its line of the results; nil while unfinished.
    package init(_ trajectory: Trajectory, problem: Problem?, result: ResultLine? = nil) {
        let response = trajectory.response
        id = trajectory.id.description
        question = problem?.question ?? ""
        gold = problem?.answer ?? ""
        meta = problem.flatMap { $0.meta.isEmpty ? nil : $0.meta }
        finish = response.finish
        failure = response.failure
        waitsFor = trajectory.needs.first?.role.phase
        steps = response.steps
        candidates = response.candidates
        text = response.text
        tokens = response.tokens
        waves = response.waves
        thoughts = response.limits.thoughts
        answer = result?.answer
        correct = result?.correct
        verdict = result?.verdict
        verdictReason = result?.verdictReason
    }

    private enum CodingKeys: String, CodingKey {
        case id, question, gold, meta, finish, failure, steps, candidates, text, answer, correct, verdict, tokens, waves
        case waitsFor = "waits_for"
        case verdictReason = "verdict_reason"
    }
}
