/// A question and its gold answer, from one line of a data set.
public struct Problem: Sendable, Equatable {
    /// The data set's name in the job.
    public var dataset: String
    /// Unique in the data set; its place from 0 where the data set has no ids. It may hold any character but a
    /// control character, so it is no file name.
    public var id: String
    public var question: String
    /// As it stands in the data set: text, or a number with the digits it was written with.
    public var answer: String

    public init(dataset: String, id: String, question: String, answer: String) {
        self.dataset = dataset
        self.id = id
        self.question = question
        self.answer = answer
    }
}
