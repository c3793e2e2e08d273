import Answers
import Foundation

extension RecordReader {
    /// Competition and college mathematics with free answers.
    static let competitions: [RecordReader] =
        ["math", "math500", "minerva_math"].map { name in
            RecordReader(name, question: Record.plainQuestion) { record, _ in
                if let answer = record["answer"], answer != .null { return try record.textOrNumber("answer") }
                return try boxed(in: record.text("solution"))
            }
        }
        + ["aime24", "amc23", "aimo2", "imo2024"].map { name in
            RecordReader(name, question: Record.plainQuestion) { record, _ in try record.wholeNumber("answer") }
        }
        + ["college_math", "gaokao2023en"].map { name in
            RecordReader(name, question: Record.plainQuestion) { record, _ in try record.text("answer").withoutDollars }
        }
        + [
            RecordReader("olympiadbench", question: Record.plainQuestion) { record, _ in
                guard let first = try record.texts("final_answer").first else {
                    throw FieldFault.other("'final_answer' is an empty list")
                }
                return first.trimmingCharacters(in: ["$"])
            },
            RecordReader("carp_en", question: { try $0.text("content") }) { record, _ in try record.text("answer") },
        ]

    /// The content of the last `\boxed` in a solution. Without braces, it extends to the end of the formula.
    private static func boxed(in solution: String) throws(FieldFault) -> String {
        guard let command = solution.range(of: #"\boxed"#, options: .backwards) else {
            throw .other(#"no \boxed{…} in 'solution'"#)
        }
        let content = solution[command.upperBound...]
        guard content.hasPrefix("{") else {
            return content.prefix { $0 != "$" }.trimmed
        }
        guard let answer = AnswerExtraction.boxed(in: String(solution[command.lowerBound...])) else {
            throw .other(#"the last \boxed{ in 'solution' is never closed"#)
        }
        return answer
    }
}
