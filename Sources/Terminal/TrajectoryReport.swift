import Datasets
import Decoding
import Graders
import Reporting

/// A trajectory as it stands, finished or not: what `show` shows.
package struct TrajectoryReport: Sendable, Equatable {
    package var id: String
    package var question: String
    package var gold: String
    /// nil while it goes on.
    package var finish: Finish?
    package var failure: String?
    /// The phase that it waits for; nil when it is finished.
    package var waitsFor: String?
    package var steps: [Step]
    /// The solutions that were to choose from; nil where the method writes one.
    package var candidates: [Candidate]?
    package var text: String
    package var answer: String?
    /// nil while it goes on.
    package var verdict: Grade.Verdict?
    package var verdictReason: String?
    package var tokens: TokenCounts
    package var waves: Int

    /// - Parameter result: what the run's results say of it; nil while it goes on.
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

    /// Writes what is not there yet as null.
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
