/// A question and its gold answer, from one record of a data set.
package struct Problem: Sendable, Equatable {
    /// The data set's name in the job.
    package var dataset: String
    /// Unique in the data set; its place from 0 where the data set has no ids. It may hold any character but a
    /// control character, so it is no file name.
    package var id: String
    /// All that is asked, with what may be chosen.
    package var question: String
    /// What may be chosen, in the order of the letters; empty where the answer is free.
    package var choices: [String]
    /// As it stands in the data set: text, or a number with the digits it was written with. A letter where there are
    /// choices.
    package var answer: String

    package init(dataset: String, id: String, question: String, choices: [String] = [], answer: String) {
        self.dataset = dataset
        self.id = id
        self.question = question
        self.choices = choices
        self.answer = answer
    }
}
