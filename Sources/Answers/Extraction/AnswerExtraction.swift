import Foundation
import Support

/// Finds the final answer in a solution, in time linear in the text's length.
package enum AnswerExtraction {
    /// Returns the answer of a response: its last box, else an answer marked in another way, else the answer it
    /// announces, else its last number. Reasoning before the answer does not count, see ``FinalText``.
    ///
    /// The order is that of the Qwen2.5-Math evaluation, except that boxes come before phrases.
    ///
    /// - Parameter isCut: whether a limit ended the response. Its last number then is not an answer, and a response
    ///   that ends within a box has none.
    /// - Returns: nil if there is none; an empty box is an empty answer.
    package static func answer(in text: String, isCut: Bool = false) -> String? {
        guard let final = FinalText.find(in: ResponseText(normalizing: text)) else { return nil }
        return answer(in: final.scalars, isCut: isCut)
    }

    private static func answer(in scalars: [Unicode.Scalar], isCut: Bool) -> String? {
        if let inner = tagged(scalars) {
            return marked(in: inner) ?? AnnouncedAnswer.find(in: inner).answer ?? trimmed(inner.string(inner.indices))
        }
        let boxes = AnswerBoxes(scalars)
        if isCut, let open = boxes.lastUnclosed, open >= boxes.lastAnswers.last?.range.upperBound ?? 0 { return nil }
        if let marked = marked(in: scalars, boxes) { return marked }
        let said = AnnouncedAnswer.find(in: scalars)
        if let answer = said.answer { return answer }
        return isCut ? nil : LastNumber.find(in: Array(scalars[said.void...]))
    }

    /// The answer that a response marks explicitly: its last box, else the content of its last `<answer>` and
    /// `</answer>`, else the text after its last `####`, as in GSM8K.
    package static func marked(in text: String) -> String? {
        guard let final = FinalText.find(in: ResponseText(normalizing: text))?.scalars else { return nil }
        return tagged(final).map { marked(in: $0) ?? trimmed($0.string($0.indices)) } ?? marked(in: final)
    }

    /// The text after the reasoning; empty if the response ends within it.
    package static func finalText(of text: String) -> String {
        FinalText.find(in: ResponseText(normalizing: text)).map { $0.scalars.string($0.scalars.indices) } ?? ""
    }

    private static func marked(in scalars: [Unicode.Scalar], _ boxes: AnswerBoxes? = nil) -> String? {
        let boxes = boxes ?? AnswerBoxes(scalars)
        if let last = boxes.lastAnswers.last {
            let texts = boxes.lastAnswers.map(boxes.text)
            let answer = Set(texts).count == 1 ? texts[0] : texts.joined(separator: ", ")
            guard answer.allSatisfy(\.isWhitespace) else { return answer }
            // A text may mention an empty box, as its prompt does, before it gives its answer.
            return AnnouncedAnswer.find(in: Array(scalars[last.range.upperBound...])).answer ?? ""
        }
        return boxes.unclosedText ?? hashed(scalars)
    }

    // MARK: Boxes

    /// The content of the last `\boxed{…}` (`\fbox`, `\framebox`) with balanced braces, or the text after a `\boxed`
    /// without braces; nil if there is none or it is never closed.
    package static func boxed(in text: String) -> String? {
        let boxes = AnswerBoxes(text.scalars)
        return boxes.lastAnswers.last.map(boxes.text)
    }

    // MARK: Tags and hashes

    private static let tags = [
        ("<answer>", "</answer>"), ("<final_answer>", "</final_answer>"), ("<|begin_of_box|>", "<|end_of_box|>"),
    ].map { ($0.0.scalars, $0.1.scalars) }

    /// The content of the last `<answer>…</answer>`; nil if there is none or it is blank.
    private static func tagged(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar]? {
        for (open, close) in tags {
            guard let end = scalars.lastEnd(of: close).map({ $0 - close.count }),
                let start = Array(scalars[..<end]).lastEnd(of: open)
            else { continue }
            let inner = Array(scalars[start..<end])
            if inner.contains(where: { !$0.properties.isWhitespace }) { return inner }
        }
        return nil
    }

    /// The text after the last `####`, unless that starts a heading.
    private static func hashed(_ scalars: [Unicode.Scalar]) -> String? {
        var end = scalars.count
        while let last = scalars[..<end].lastIndex(of: "#") {
            let start = scalars[..<last].lastIndex { $0 != "#" }.map { $0 + 1 } ?? 0
            if last - start == 3, let answer = hashed(scalars, at: last + 1) { return answer }
            end = start
        }
        return nil
    }

    private static func hashed(_ scalars: [Unicode.Scalar], at place: Int) -> String? {
        let sentence = AnswerSentence(scalars, at: place)
        let line = scalars[place...].prefix(1000).prefix { $0 != "\n" }
        let isLast = scalars[line.endIndex...].allSatisfy(\.properties.isWhitespace)
        let words = String(String.UnicodeScalarView(line)).trimmingCharacters(in: .whitespaces)
        let isNumbered = words.prefixMatch(of: listNumber) != nil
        if !isLast, sentence.isWordy || isNumbered { return nil }
        if words.range(of: "answer", options: .caseInsensitive) != nil { return nil }
        return sentence.answer
    }

    private static let listNumber = Pattern(/\d+[.)]\s+\S/)

    // MARK: Ends

    /// The text without surrounding blanks and Markdown asterisks, and without a final full stop.
    package static func trimmed(_ text: String) -> String {
        let around = CharacterSet.whitespacesAndNewlines.union(CharacterSet(charactersIn: "*"))
        var text = text.trimmingCharacters(in: around)[...]
        while text.hasSuffix(".") { text.removeLast() }
        return text.trimmingCharacters(in: around)
    }
}

extension UInt8 {
    package var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
