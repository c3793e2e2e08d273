import Foundation
import Graders

/// Answers and what the graders say of them: `golden.jsonl`.
///
/// Among the rows are the cases of the Qwen2.5-Math evaluation's own test and such as math-verify's tests have.
package struct GoldenCase: Decodable, Sendable, CustomStringConvertible {
    package var answer: String
    package var gold: String
    /// What `exact` says.
    package var exact: Grade.Verdict
    /// What math-verify says, where that is something else.
    package var mathVerify: Grade.Verdict?
    package var about: String

    private enum CodingKeys: String, CodingKey {
        case answer, gold, exact, about
        case mathVerify = "math_verify"
    }

    package var description: String { "\(about): \(answer) against \(gold)" }

    package static let all: [GoldenCase] = {
        let file = Programs.repository.appending(path: "Tests/RSDJobsTests/Grading/golden.jsonl")
        let lines = (try? Data(contentsOf: file))?.split(separator: UInt8(ascii: "\n")) ?? []
        return lines.compactMap { try? JSONDecoder().decode(GoldenCase.self, from: $0) }
    }()
}
