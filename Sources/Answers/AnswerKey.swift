/// The normal form of an answer: equal for answers with the same meaning, as far as ``ExactGrader`` can decide without
/// tolerance.
///
/// Fractions are in lowest terms, square roots simplified, simple polynomials expanded and ordered, sets and
/// unbracketed lists sorted; units, styling and case do not count. It depends on the text alone and needs no I/O, so it
/// can group the answers of several samples for a vote.
package struct AnswerKey: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ answer: String) {
        description = AnswerReader.read(answer).key
    }
}
