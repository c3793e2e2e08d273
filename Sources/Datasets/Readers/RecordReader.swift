import Foundation
import Support

/// Turns the records of a known data set into problems.
package struct RecordReader: Sendable {
    /// Throws ``FieldFault``.
    package typealias Part<Value> = @Sendable (Record) throws -> Value

    /// Its name in a spec; empty if the spec names the fields itself.
    package let name: String
    /// Without the choices.
    package var question: Part<String>
    /// nil for free answers.
    package var choices: Part<Choices>?
    package var answer: @Sendable (Record, Choices?) throws -> String

    init(
        _ name: String, question: @escaping Part<String>, choices: Part<Choices>? = nil,
        answer: @escaping @Sendable (Record, Choices?) throws -> String
    ) {
        self.name = name
        self.question = question
        self.choices = choices
        self.answer = answer
    }

    /// The named reader, or that of plain fields, with the spec's fields in place of its own.
    init(_ spec: DatasetSpec) {
        var reader =
            Self.named.first { $0.name == spec.reader }
            ?? RecordReader("", question: { try $0.text("question") }, answer: Self.answer(in: "answer", spec))
        if let field = spec.question { reader.question = { try $0.text(field) } }
        if let field = spec.answer { reader.answer = Self.answer(in: field, spec) }
        if let fields = spec.choices { reader.choices = { try Choices($0.texts(fields)) } }
        self = reader
    }

    /// A field's text or number unchanged; the letter of a choice if there are choices.
    private static func answer(
        in field: String, _ spec: DatasetSpec
    ) -> @Sendable (Record, Choices?) throws -> String {
        let numbersAreText = spec.resolvedFormat.numbersAreText
        return { record, choices in
            if let choices {
                return try choices.letter(of: record.value(field), in: field, numbersAreText: numbersAreText)
            }
            return try record.textOrNumber(field)
        }
    }

    /// The whole question, as it is sent to a model. If the Qwen2.5-Math evaluation names the two possible answers, so
    /// does this.
    func wholeQuestion(_ question: String, _ choices: Choices?, answer: String) -> String {
        if name.isEmpty {
            guard let choices else { return question }
            return question.trimmed + choices.listing
        }
        let question = choices.map { question.trimmed + $0.listing } ?? question
        return (question + Self.pair(for: answer)).trimmed
    }

    private static func pair(for answer: String) -> String {
        let plain = answer.replacing("$", with: "").replacing(latexText) { $0.output.1 }
            .trimmingCharacters(in: .whitespacesAndNewlines.union(["."])).lowercased()
        switch plain {
        case "true", "false": return " (True or False)"
        case "yes", "no": return " (Yes or No)"
        default: return ""
        }
    }

    private static let latexText = Pattern(/\\text\{(.*?)\}/)
}

extension RecordReader {
    /// The data sets that the Qwen2.5-Math evaluation reads (`parse_question` and `parse_ground_truth` in its
    /// `evaluation/parser.py`, with `gpqa`, `math500` and `aimo2` as the authors of RSD added them), by the same names.
    /// Its normalisation of gold answers and predictions, such as dropping units, is left to grading.
    package static let named = wordProblems + competitions + multipleChoice + exams + tables
}

extension Record {
    /// The text of the first of these fields that exists.
    package func text(firstOf names: [String]) throws(FieldFault) -> String {
        try text(names.first { self[$0] != nil } ?? names[0])
    }

    /// The question of the many formats that have it in a field of its own.
    @Sendable static func plainQuestion(_ record: Record) throws -> String {
        try record.text(firstOf: ["question", "problem", "Question", "input"])
    }

    /// The texts of the choices, from one field or from one field each.
    package func texts(_ fields: ChoiceFields) throws(FieldFault) -> [String] {
        switch fields {
        case .field(let name): return try texts(name)
        case .fields(let names):
            var texts: [String] = []
            for name in names { texts.append(try textOrNumber(name)) }
            return texts
        }
    }

    /// A number without a fraction of zeros, which some data sets write for whole numbers: `8.0` is 8.
    func wholeNumber(_ name: String) throws(FieldFault) -> String {
        let text = try textOrNumber(name)
        return text.wholeMatch(of: Self.zeroFraction).map { String($0.output.1) } ?? text
    }

    private static let zeroFraction = Pattern(/(-?[0-9]+)\.0+/)
}

extension String {
    /// Without the dollar signs around LaTeX formulas.
    var withoutDollars: String {
        replacing("$", with: "").trimmed
    }
}
