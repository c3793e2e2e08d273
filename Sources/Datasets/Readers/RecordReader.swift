import Foundation

/// How the records of a kind of data set become problems.
package struct RecordReader: Sendable {
    /// It throws ``FieldFault``.
    package typealias Part<Value> = @Sendable (Record) throws -> Value

    /// What a spec calls it; empty where the spec names the fields itself.
    package let name: String
    /// Without the choices.
    package var question: Part<String>
    /// nil where there is nothing to choose from.
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

    /// The reader with a name, or that of plain fields, with the fields of the spec in place of its own.
    init(_ spec: DatasetSpec) {
        var reader =
            Self.named.first { $0.name == spec.reader }
            ?? RecordReader("", question: { try $0.text("question") }, answer: Self.answer(in: "answer", spec))
        if let field = spec.question { reader.question = { try $0.text(field) } }
        if let field = spec.answer { reader.answer = Self.answer(in: field, spec) }
        if let fields = spec.choices { reader.choices = { try Choices($0.texts(fields)) } }
        self = reader
    }

    /// A field's text or number as it stands; the letter of a choice where there are choices.
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

    /// All that is asked, as it is put to a model. Where the Qwen2.5-Math evaluation says which two answers there are, so
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
        let plain = answer.replacing("$", with: "").replacing(/\\text\{(.*?)\}/) { $0.output.1 }
            .trimmingCharacters(in: .whitespacesAndNewlines.union(["."])).lowercased()
        switch plain {
        case "true", "false": return " (True or False)"
        case "yes", "no": return " (Yes or No)"
        default: return ""
        }
    }
}

extension RecordReader {
    /// The shapes that the Qwen2.5-Math evaluation reads (`parse_question` and `parse_ground_truth` in its
    /// `evaluation/parser.py`, with `gpqa`, `math500` and `aimo2` as the authors of RSD added them), under their names there.
    /// What that evaluation does to gold answers and to predictions alike, such as dropping units, is left to grading.
    package static let named = wordProblems + competitions + multipleChoice + exams
}

extension Record {
    /// The text of the first of the fields that is there.
    package func text(firstOf names: [String]) throws(FieldFault) -> String {
        try text(names.first { self[$0] != nil } ?? names[0])
    }

    /// The question of the many shapes that have it in a field of its own.
    @Sendable static func plainQuestion(_ record: Record) throws -> String {
        try record.text(firstOf: ["question", "problem", "Question", "input"])
    }

    /// The text of a list of choices: of one field, or of a field each.
    package func texts(_ fields: ChoiceFields) throws(FieldFault) -> [String] {
        switch fields {
        case .field(let name): return try texts(name)
        case .fields(let names):
            var texts: [String] = []
            for name in names { texts.append(try textOrNumber(name)) }
            return texts
        }
    }

    /// A number without a fraction of zeros, with which some data sets write whole ones: `8.0` is 8.
    func wholeNumber(_ name: String) throws(FieldFault) -> String {
        let text = try textOrNumber(name)
        return text.wholeMatch(of: /(-?[0-9]+)\.0+/).map { String($0.output.1) } ?? text
    }
}

extension String {
    /// Without the dollar signs of LaTeX's formulas.
    var withoutDollars: String {
        replacing("$", with: "").trimmed
    }
}
