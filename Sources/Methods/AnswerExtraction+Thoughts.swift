import Answers
import Decoding

extension AnswerExtraction {
    /// The answer of a response whose thoughts are marked: only the text after them is searched.
    ///
    /// - Parameter thoughts: nil if nothing is known of them.
    /// - Returns: nil if there is none, or the response ends within its thoughts.
    package static func answer(in response: String, after thoughts: Thoughts?, isCut: Bool) -> String? {
        let text = thoughts.map { $0.answer(in: response) } ?? response
        return text.flatMap { answer(in: $0, isCut: isCut) }
    }
}

extension Response {
    /// Its answer, nil if there is none.
    package var answer: String? {
        AnswerExtraction.answer(in: text, after: limits.thoughts, isCut: finish?.isCut ?? false)
    }

    package var endsWithinThoughts: Bool { limits.thoughts.map { $0.answer(in: text) == nil } ?? false }

    /// The text in which its answer is: empty if it ends within its thoughts.
    package var answerText: String { limits.thoughts.map { $0.answer(in: text) ?? "" } ?? text }
}

extension Candidate {
    /// Its answer, extracted as from a response; nil if there is none.
    package var answer: String? { AnswerExtraction.answer(in: text, after: thoughts, isCut: finish.isCut) }
}
