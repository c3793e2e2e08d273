import Foundation
import Support

extension RecordReader {
    /// Arithmetic word problems.
    static let wordProblems: [RecordReader] = [
        RecordReader("gsm8k", question: Record.plainQuestion) { record, _ in
            let solution = try record.text("answer")
            guard let mark = solution.range(of: "####", options: .backwards) else {
                throw FieldFault.other("no '####' before the final answer in 'answer'")
            }
            return solution[mark.upperBound...].replacing(",", with: "")
                .trimmed
        },
        RecordReader(
            "svamp",
            question: { record in
                let body = try record.text(firstOf: ["Body", "body"]).trimmed
                let question = try record.text(firstOf: ["Question", "question"])
                return body + (body.hasSuffix(".") ? " " : ". ")
                    + question.trimmed
            }, answer: { record, _ in try record.wholeNumber(record["Answer"] == nil ? "answer" : "Answer") }),
        RecordReader(
            "asdiv",
            question: { record in
                let body = try record.text("body").trimmed
                let question = try record.text("question").trimmed
                return "\(body) \(question)"
            },
            answer: { record, _ in
                try record.text("answer").replacing(unit, with: "").trimmed
            }),
        RecordReader("mawps", question: Record.plainQuestion) { record, _ in try record.wholeNumber("target") },
    ]

    /// `(eyes)` in `46 (eyes)`
    private static let unit = Pattern(/\(.*?\)/)
}
