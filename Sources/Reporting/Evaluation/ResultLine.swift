import Decoding
import Foundation
import Graders
import Methods
import RunStore
import Support

/// One line of `results.jsonl`: a finished trajectory. Holds nothing that differs between two runs of one spec.
package struct ResultLine: Sendable, Equatable, Codable {
    package var id: String
    package var method: String
    package var dataset: String
    package var problem: String
    package var sample: Int
    package var text: String
    /// The text after the thoughts, or null if the response ends within them; absent if nothing is known of thoughts.
    package var afterThoughts: Nulled<String>?
    package var finish: Finish
    /// Why it failed; absent if it did not.
    package var failure: String?
    package var steps: [Step]
    /// The answer found in the text, or null.
    @Nulled package var answer: String?
    package var gold: String
    /// The problem's ``Problem/meta``; absent if it has none.
    package var meta: [String: JSONValue]?
    /// Whether the verdict is `right`.
    package var correct: Bool
    package var verdict: Grade.Verdict
    /// The reason for the verdict; absent if there is none.
    package var verdictReason: String?
    /// Whether a limit ended the response. Its answer may still be right.
    package var cut: Bool
    package var tokens: TokenCounts
    package var waves: Int
    /// Draft steps judged against a threshold; absent for methods without one.
    package var verdicts: Verdicts?
    /// The candidate solutions; absent for methods that write one.
    package var candidates: [Candidate]?
    /// See ``Limits/thoughts``. Not in the file.
    package var thoughts: Thoughts? = nil

    /// - Parameters:
    ///   - trajectory: a finished trajectory.
    ///   - grade: with the answer that was found, see ``AnswerSheet``.
    package init(_ trajectory: Trajectory, finish: Finish, gold: String, meta: [String: JSONValue] = [:], grade: Grade)
    {
        let response = trajectory.response
        id = trajectory.id.description
        method = trajectory.id.method
        dataset = trajectory.id.dataset
        problem = trajectory.id.problem
        sample = trajectory.id.sample
        text = response.text
        afterThoughts = response.limits.thoughts.map { _ in Nulled(wrappedValue: response.afterThoughts) }
        self.finish = finish
        failure = response.failure
        steps = response.steps
        cut = finish.isCut
        answer = grade.answer
        self.gold = gold
        self.meta = meta.isEmpty ? nil : meta
        correct = grade.verdict == .right
        verdict = grade.verdict
        verdictReason = grade.reason
        tokens = response.tokens
        waves = response.waves
        verdicts = response.verdicts
        candidates = response.candidates
        thoughts = response.limits.thoughts
    }

    /// Of all trajectories that are finished, in their order.
    package static func all(of trajectories: TrajectorySet, grades: [TrajectoryID: Grade]) -> [ResultLine] {
        trajectories.parallelMap { trajectory in
            let problem = trajectories.problem(of: trajectory.id)
            return trajectory.response.finish.map {
                ResultLine(
                    trajectory, finish: $0, gold: problem?.answer ?? "", meta: problem?.meta ?? [:],
                    grade: grades[trajectory.id]
                        ?? Grade(.error, reason: "it was never judged", answer: trajectory.response.answer))
            }
        }
        .compactMap(\.self)
    }

    /// Whether it counts as wrong only because `exact` knows too little algebra.
    package var isUndecided: Bool { verdict == .wrong && verdictReason == Grade.notDecided }

    private enum CodingKeys: String, CodingKey {
        case id, method, dataset, problem, sample, text, finish, failure, steps, answer, gold, meta, correct, tokens
        case waves
        case verdicts, candidates
        case verdict, cut
        case afterThoughts = "final"
        case verdictReason = "verdict_reason"
    }

    package func encode(to encoder: any Encoder) throws {
        try JSONFields.write(to: encoder) {
            try $0.add("answer", orNull: answer)
            try $0.add("candidates", ifAny: candidates)
            try $0.add("correct", correct)
            try $0.add("cut", cut)
            try $0.add("dataset", dataset)
            try $0.add("failure", ifAny: failure)
            try $0.add("final", ifAny: afterThoughts)
            try $0.add("finish", finish.rawValue)
            try $0.add("gold", gold)
            try $0.add("id", id)
            try $0.add("meta", ifAny: meta)
            try $0.add("method", method)
            try $0.add("problem", problem)
            try $0.add("sample", sample)
            try $0.add("steps", steps)
            try $0.add("text", text)
            try $0.add("tokens", tokens)
            try $0.add("verdict", verdict.rawValue)
            try $0.add("verdict_reason", ifAny: verdictReason)
            try $0.add("verdicts", ifAny: verdicts)
            try $0.add("waves", waves)
        }
    }

    /// The readable lines of `results.jsonl`, decoded lazily.
    ///
    /// - Parameter data: the file's content; nil if there is no file.
    package static func all(in data: Data?) -> some Sequence<ResultLine> {
        (data ?? Data()).lines.lazy.compactMap {
            try? JSONText.decode(ResultLine.self, from: $0)
        }
    }

    /// The lines as file content: sorted keys, a newline after each.
    package static func encode(_ lines: [ResultLine]) throws -> Data { try JSONText.lines(lines) }
}

extension [ResultLine] {
    /// The answers to each problem, always in the same order, so that sums over them have the same last digits.
    var byProblem: [[ResultLine]] {
        Dictionary(grouping: self, by: \.problem).sorted { $0.key < $1.key }.map(\.value)
    }
}

extension Data {
    /// The lines of a text without their line breaks, as `split` finds them: empty ones are left out.
    var lines: [Data] {
        withUnsafeBytes { bytes in
            let bytes = bytes.bindMemory(to: UInt8.self)
            var lines: [Data] = []
            var start = 0
            while start < bytes.count {
                let end = bytes.next(UInt8(ascii: "\n"), from: start) ?? bytes.count
                if end > start { lines.append(self[(startIndex + start)..<(startIndex + end)]) }
                start = end + 1
            }
            return lines
        }
    }
}
