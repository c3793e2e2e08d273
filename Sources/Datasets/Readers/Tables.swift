import Foundation

extension RecordReader {
    /// Questions about a table.
    static let tables: [RecordReader] = [
        RecordReader("tabmwp", question: tableQuestion) { record, _ in
            let answer = try record.text("answer")
            let isNumber = record["ans_type"]?.plain?.hasSuffix("_number") ?? false
            return isNumber ? answer.replacing(",", with: "") : answer
        }
    ]

    /// The options are part of the question, and the answer is the text of one of them: there is no letter.
    @Sendable private static func tableQuestion(_ record: Record) throws -> String {
        let title = record["table_title"]?.plain ?? ""
        let about = title.isEmpty ? "" : #"regarding "\#(title)" "#
        let question =
            try "Read the following table \(about)and answer a question:\n"
            + record.text("table") + "\n" + record.text("question")
        guard let value = record["choices"], value != .null else { return question }
        let options = try record.texts("choices").map(pythonLiteral).joined(separator: ", ")
        return options.isEmpty ? question : question + " Please select from the following options: [\(options)]"
    }

    /// A text in quotes as Python shows it in a list, which is how the evaluation writes the options.
    private static func pythonLiteral(_ text: String) -> String {
        let quote = text.contains("'") && !text.contains("\"") ? "\"" : "'"
        return quote + text.replacing(#"\"#, with: #"\\"#).replacing(quote, with: #"\"# + quote) + quote
    }
}
