import Answers
import Datasets
import Graders
import Support

/// A line of a file of answers.
///
/// `text` is a whole response, from which the answer is extracted; `answer` is an extracted answer, or null. If both are
/// present, as in `results.jsonl`, `text` counts, or `final`, the part of it after the thoughts.
struct AnswerLine {
    /// Line number, from 1.
    let number: Int
    /// The line's own id, returned with its verdict.
    let id: JSONValue?
    let pair: GradingPair
    let faults: [FieldFault]

    init(_ record: Record, number: Int) {
        var pair = GradingPair(id: String(number), dataset: "", question: "", text: "", answer: nil, gold: "")
        var faults: [FieldFault] = []
        func read<Value>(_ field: String, _ read: (String) throws -> Value) -> Value? {
            do {
                return try read(field)
            } catch {
                faults.append(error as? FieldFault ?? .other("\(error)"))
                return nil
            }
        }
        func readIfThere<Value>(_ field: String, _ value: (String) throws -> Value) -> Value? {
            record[field] == nil ? nil : read(field, value)
        }
        id = readIfThere("id") { try Self.id(record.value($0)) } ?? nil
        pair.isCut = readIfThere("cut", record.truth) ?? false
        pair.question = readIfThere("question", record.text) ?? ""
        pair.choices = readIfThere("choices", record.texts) ?? []
        pair.gold = read("gold") { try Self.sound(record.textOrNumber($0), $0) } ?? ""
        if record["text"] != nil {
            // Where a run knows which text is thought, this is the rest.
            let field = if case .string = record["final"] { "final" } else { "text" }
            let text = read(field) { try Self.sound(record.text($0), $0) } ?? ""
            pair.text = record["final"] == .null ? "" : text
            pair.answer = AnswerExtraction.answer(in: pair.text, isCut: pair.isCut)
        } else if record["answer"] == nil {
            let names = record.fields.keys.map { "'\($0)'" }.joined(separator: ", ")
            faults.append(.other("no field 'text' or 'answer'; the line has \(names.isEmpty ? "none" : names)"))
        } else if record["answer"] != .null {
            pair.answer = read("answer") { try Self.sound(record.textOrNumber($0), $0) }
        }
        self.number = number
        self.pair = pair
        self.faults = faults
    }

    private static func id(_ value: JSONValue) throws(FieldFault) -> JSONValue? {
        switch value {
        case .string, .number: return value
        case .null: return nil
        default: throw .unexpected("text or a number", in: "id", value)
        }
    }

    /// JSON reads the `\b` of `\boxed` as a backspace, and the `\f` of `\frac` as a form feed.
    private static func sound(_ text: String, _ field: String) throws(FieldFault) -> String {
        for (broken, meant) in [("\u{8}oxed", "boxed"), ("\u{C}rac", "frac"), ("\u{C}box", "fbox")]
        where text.contains(broken) {
            throw .other("'\(field)' has a control character instead of \\\(meant): in JSON, write \\\\\(meant)")
        }
        return text
    }
}

extension Record {
    fileprivate func truth(_ name: String) throws(FieldFault) -> Bool {
        let value = try value(name)
        guard case .bool(let truth) = value else { throw .unexpected("true or false", in: name, value) }
        return truth
    }
}
