import Datasets
import Decoding
import Graders
import Reporting

/// The state of a trajectory, finished or not: the output of `show`.
package struct TrajectoryReport: Sendable, Equatable {
    package var id: String
    package var question: String
    package var gold: String
    /// nil while unfinished.
    package var finish: Finish?
    package var failure: String?
    /// The phase that it waits for; nil once finished.
    package var waitsFor: String?
    package var steps: [Step]
    /// The candidate solutions; nil for methods that write one.
    package var candidates: [Candidate]?
    package var text: String
    package var answer: String?
    /// nil while unfinished.
    package var verdict: Grade.Verdict?
    package var verdictReason: String?
    package var tokens: TokenCounts
    package var waves: Int

    /// - Parameter result: its line of the results; nil while unfinished.
    package init(_ trajectory: Trajectory, problem: Problem?, result: ResultLine? = nil) {
        let response = trajectory.response
        id = trajectory.id.description
        question = problem?.question ?? ""
        gold = problem?.answer ?? ""
        finish = response.finish
        failure = response.failure
        waitsFor = trajectory.need.role?.phase
        steps = response.steps
        candidates = response.candidates
        text = response.text
        tokens = response.tokens
        waves = response.waves
        answer = result?.answer
        verdict = result?.verdict
        verdictReason = result?.verdictReason
    }
}

extension TrajectoryReport: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, question, gold, finish, failure, steps, candidates, text, answer, correct, verdict, tokens, waves
        case waitsFor = "waits_for"
        case verdictReason = "verdict_reason"
    }

    /// Encodes missing values as null.
    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(id, forKey: .id)
        try object.encode(question, forKey: .question)
        try object.encode(gold, forKey: .gold)
        try object.encode(finish, forKey: .finish)
        try object.encodeIfPresent(failure, forKey: .failure)
        try object.encode(waitsFor, forKey: .waitsFor)
        try object.encode(steps, forKey: .steps)
        try object.encodeIfPresent(candidates, forKey: .candidates)
        try object.encode(text, forKey: .text)
        try object.encode(answer, forKey: .answer)
        try object.encode(verdict.map { $0 == .right }, forKey: .correct)
        try object.encode(verdict, forKey: .verdict)
        try object.encodeIfPresent(verdictReason, forKey: .verdictReason)
        try object.encode(tokens, forKey: .tokens)
        try object.encode(waves, forKey: .waves)
    }
}
