import Support

/// A question and its gold answer, from one record of a data set.
package struct Problem: Sendable, Equatable {
    /// The data set's name in the job.
    package var dataset: String
    /// Unique in the data set; the index from 0 if the data set has no ids. It may contain any character except control
    /// characters, so it is not a file name.
    package var id: String
    /// The whole question, including the choices.
    package var question: String
    /// The choices in the order of the letters; empty for free answers.
    package var choices: [String]
    /// As in the data set: text, or a number with its original digits. A letter for multiple choice.
    package var answer: String
    /// Further fields of the record, such as its subject; see ``MetaFields``.
    package var meta: [String: JSONValue]

    package init(
        dataset: String, id: String, question: String, choices: [String] = [], answer: String,
        meta: [String: JSONValue] = [:]
    ) {
        self.dataset = dataset
        self.id = id
        self.question = question
        self.choices = choices
        self.answer = answer
        self.meta = meta
    }
}
