import Answers
import Foundation
import Support

/// Grades by ``ExactComparison``. Needs no Python.
package struct ExactGrader: Grader {
    package init() {}

    package static let id = "exact/4"

    package var startsProcesses: Bool { false }

    package func prepare() -> String { Self.id }

    package func grade(_ pairs: [GradingPair]) -> [Grade] {
        pairs.parallelMap { pair in
            guard let answer = pair.answer else { return Grade(.empty) }
            return switch ExactComparison.compare(answer, gold: pair.gold, choices: pair.choices) {
            case .same: Grade(.right)
            case .different: Grade(.wrong)
            case .undecided: Grade(.wrong, reason: Grade.notDecided)
            }
        }
    }

    /// - Parameters:
    ///   - answer: extracted from a response; nil or blank is always wrong.
    ///   - choices: the texts of a multiple-choice question, in the order of the letters; otherwise empty.
    package func isCorrect(_ answer: String?, gold: String, choices: [String] = []) -> Bool {
        ExactComparison.compare(answer, gold: gold, choices: choices) == .same
    }
}
