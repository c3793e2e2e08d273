import Foundation
import Support

extension RecordReader {
    /// Questions whose answer is a letter.
    static let multipleChoice: [RecordReader] =
        ["mmlu_stem", "gpqa"].map { name in
            RecordReader(
                name, question: { try $0.text("question") }, choices: { try Choices($0.texts("choices")) },
                answer: { record, choices in
                    let place = try record.textOrNumber("answer")
                    return try choices?.letter(at: place, in: "answer") ?? place
                })
        } + [
            RecordReader(
                "sat_math", question: { try $0.text("question") }, choices: satChoices,
                answer: { record, _ in try record.text("Answer").trimmed }),
            RecordReader(
                "aqua", question: { try $0.text("question") }, choices: aquaChoices,
                answer: { record, _ in try record.text("correct").trimmed }),
            RecordReader(
                "gaokao_math_qa", question: { try $0.text("question") }, choices: gaokaoChoices,
                // Several may be right: `A C`.
                answer: { record, _ in try record.text("label").filter { !$0.isWhitespace } }),
        ]

    /// One text: `A) -10 B) 0 C) 10 D) 12`, in some records `A. -10 B. 0 …`, which the evaluation shows unchanged.
    @Sendable private static func satChoices(_ record: Record) throws -> Choices {
        let options = try record.text("options").trimmed
        guard options.hasPrefix("A)") || options.hasPrefix("A.") else {
            throw FieldFault.other("'options' does not start with 'A)'")
        }
        let mark = options.dropFirst().prefix(1)
        var (texts, rest, listing) = ([String](), options.dropFirst(2), "(" + options)
        for letter in ["B", "C", "D"] {
            guard let next = rest.range(of: " \(letter)\(mark) ") else { continue }
            texts.append(rest[..<next.lowerBound].trimmed)
            rest = rest[next.upperBound...]
            listing = listing.replacing(" \(letter)) ", with: " (\(letter)) ")
        }
        texts.append(rest.trimmed)
        return Choices(texts, listing: "\nAnswer Choices: " + listing)
    }

    /// A list of `A)-30`. The evaluation puts blanks around all parentheses, including those of the choices.
    @Sendable private static func aquaChoices(_ record: Record) throws -> Choices {
        let options = try record.texts("options")
        let listing = options.map { "(" + $0 }.joined().replacing("(", with: " (").replacing(")", with: ") ")
            .trimmed
        let texts = options.map { $0.replacing(choiceLetter, with: "").trimmed }
        return Choices(texts, listing: "\nAnswer Choices: " + listing)
    }

    private static let choiceLetter = Pattern(/^[A-Z]\)/)

    /// An object with one text per letter.
    @Sendable private static func gaokaoChoices(_ record: Record) throws -> Choices {
        let value = try record.value("options")
        guard case .object(let options) = value else { throw FieldFault.unexpected("an object", in: "options", value) }
        var texts: [String] = []
        for letter in options.keys { texts.append(try record.textOrNumber("options.\(letter)")) }
        let listing = zip(options.keys, texts).map { "(\($0)) \($1)" }.joined(separator: " ")
        return Choices(texts, listing: "\n选项: " + listing)
    }
}
