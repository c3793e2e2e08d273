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
        guard limits.thoughts != nil else { return AnswerExtraction.answer(in: text, isCut: finish?.isCut ?? false) }
        return afterThoughts.flatMap { AnswerExtraction.answer(in: $0, isCut: finish?.isCut ?? false) }
    }

    /// The text after the thoughts: nil if it ends within them, or if nothing is known of thoughts.
    ///
    /// Where a method ended the response at its answer, that is the last step, if the thoughts go on into it.
    package var afterThoughts: String? {
        guard let thoughts = limits.thoughts else { return nil }
        let after = thoughts.answer(in: text)
        guard finish == .answered, let last = steps.last?.text, after.map({ $0.utf8.count < last.utf8.count }) ?? true
        else { return after }
        return last.replacing(thoughts.begin, with: "").replacing(thoughts.end, with: "")
    }

    package var endsWithinThoughts: Bool { limits.thoughts != nil && afterThoughts == nil }

    /// The text in which its answer is: empty if it ends within its thoughts.
    package var answerText: String { limits.thoughts == nil ? text : afterThoughts ?? "" }
}

extension Candidate {
    /// Its answer, extracted as from a response; nil if there is none.
    package var answer: String? { AnswerExtraction.answer(in: text, after: thoughts, isCut: finish.isCut) }
}
