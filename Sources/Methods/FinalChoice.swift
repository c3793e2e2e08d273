import Answers
import Decoding
import SpecYAML

/// Which of several solutions is taken: the setting `choose` of every method that writes several.
///
/// They are `naive`, `weighted` and `maj` of search-and-learn (`src/sal/utils/math.py`). Solutions without an answer have no vote.
enum FinalChoice: String, CaseIterable {
    /// The one with the best score.
    case best
    /// The first with the answer whose solutions have the largest sum of scores: weighted best-of-n, or weighted majority.
    case weighted
    /// The first with the most frequent answer (self-consistency).
    case majority

    static let key = "choose"

    /// A solution without a score was never judged, so it comes after all others.
    private static let unscored = -1.0

    static func read(_ section: SpecSection) -> FinalChoice {
        section.value(key, default: .best) {
            $0.choice(of: FinalChoice.self, called: "value of 'choose'")
        }
    }

    /// Index of the solution to take; ties go to the first.
    ///
    /// - Parameters:
    ///   - solutions: at least one.
    ///   - scores: of each solution; empty without scores.
    func index(among solutions: [Response], scores: [Double?] = []) -> Int {
        let scores = scores.isEmpty ? solutions.map { _ in nil } : scores
        guard self != .best else { return Self.firstBest(scores.map { $0 ?? Self.unscored }) }
        let answers = solutions.map { $0.answer.map(AnswerKey.init) }
        var votes: [AnswerKey: Double] = [:]
        for case (let answer?, let score) in zip(answers, scores) {
            let weight = self == .majority ? 1 : score
            votes[answer] = weight.map { max(0, votes[answer] ?? 0) + $0 } ?? votes[answer] ?? Self.unscored
        }
        guard !votes.isEmpty else { return FinalChoice.best.index(among: solutions, scores: scores) }
        return Self.firstBest(answers.map { $0.flatMap { votes[$0] } ?? -.infinity })
    }

    private static func firstBest(_ values: [Double]) -> Int {
        values.indices.max { (values[$0], -$0) < (values[$1], -$1) } ?? 0
    }
}

extension Response {
    /// Makes one of several solutions the response. Until now, all their tokens counted as rejected.
    mutating func take(_ solution: Response, by writer: Role) {
        adopt(solution)
        tokens[writer: writer].rejected -= keptTokens
        tokens[writer: writer].kept += keptTokens
    }

    /// Makes one of several solutions the response, and the others its ``candidates``.
    ///
    /// - Parameters:
    ///   - chosen: index of the solution.
    ///   - scores: of each solution; empty without scores.
    mutating func choose(_ chosen: Int, among solutions: [Response], scores: [Double?] = [], by writer: Role) {
        candidates = solutions.enumerated().map { index, one in
            Candidate(
                text: one.text, finish: one.finish ?? .failed,
                rewards: one.steps.contains { $0.reward != nil } ? one.steps.map(\.reward) : [],
                score: scores.isEmpty ? nil : scores[index], chosen: index == chosen, thoughts: one.limits.thoughts)
        }
        take(solutions[chosen], by: writer)
    }
}
