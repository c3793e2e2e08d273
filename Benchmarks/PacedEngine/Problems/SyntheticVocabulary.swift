/// The token ids that synthetic texts are made of.
package struct SyntheticVocabulary: Sendable {
    /// Words that are one token each after any other token.
    package var words: [Int]
    /// Words that are one token each at the beginning of a text.
    package var firstWords: [Int]
    /// The token of `"\n\n"`, which ends a step.
    package var delimiter: Int
    /// The token that ends a sequence.
    package var end: Int
    /// Tokens before and after the digits of an answer.
    package var answer: (before: [Int], after: [Int])
    /// Tokens of the digits 0 to 9.
    package var digits: [Int]

    package init(
        words: [Int], firstWords: [Int], delimiter: Int, end: Int, answer: (before: [Int], after: [Int]), digits: [Int]
    ) {
        self.words = words
        self.firstWords = firstWords
        self.delimiter = delimiter
        self.end = end
        self.answer = answer
        self.digits = digits
    }

    /// Tokens of a number.
    func tokens(of number: Int) -> [Int] { String(number).utf8.map { digits[Int($0) - 48] } }
}
