/// The normal form of an answer: equal for answers that say the same, as far as ``ExactGrader`` knows without tolerance.
///
/// Numbers are fractions in lowest terms, square roots are taken out, simple polynomials are expanded and ordered, sets and
/// lists without brackets are sorted; units, styling and the case of words do not count. Made without I/O from the text
/// alone, it can group the answers of several samples for a vote.
package struct AnswerKey: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ answer: String) {
        description = AnswerReader.read(answer).key
    }
}
