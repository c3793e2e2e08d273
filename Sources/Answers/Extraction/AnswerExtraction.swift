import Foundation

/// Finds the final answer in a solution. Takes time in proportion to the text.
package enum AnswerExtraction {
    /// The answer of a response: its last box, or else what it sets apart in another way, or else what it says the answer
    /// is, or else its last number. Reasoning before it does not count, see ``FinalText``.
    ///
    /// The order is that of the Qwen2.5-Math evaluation, which looks for the phrases first where a text has both.
    ///
    /// - Parameter isCut: whether a limit ended the response. Its last number is no answer then, and of one that ends within
    ///   a box there is none.
    /// - Returns: nil where there is none; an empty box is an empty answer.
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

    /// The answer that a response sets apart as such: its last box, or else what is between its last `<answer>` and
    /// `</answer>`, or else what follows the last `####`, as in GSM8K.
    package static func marked(in text: String) -> String? {
        guard let final = FinalText.find(in: ResponseText(normalizing: text))?.scalars else { return nil }
        return tagged(final).map { marked(in: $0) ?? trimmed($0.string($0.indices)) } ?? marked(in: final)
    }

    /// What a response says after its reasoning; empty where it ends within it.
    package static func finalText(of text: String) -> String {
        FinalText.find(in: ResponseText(normalizing: text)).map { $0.scalars.string($0.scalars.indices) } ?? ""
    }

    private static func marked(in scalars: [Unicode.Scalar], _ boxes: AnswerBoxes? = nil) -> String? {
        let boxes = boxes ?? AnswerBoxes(scalars)
        if let last = boxes.lastAnswers.last {
            let texts = boxes.lastAnswers.map(boxes.text)
            let answer = Set(texts).count == 1 ? texts[0] : texts.joined(separator: ", ")
            guard answer.allSatisfy(\.isWhitespace) else { return answer }
            // A text may speak of an empty box, as its prompt does, before it says its answer.
            return AnnouncedAnswer.find(in: Array(scalars[last.range.upperBound...])).answer ?? ""
        }
        return boxes.unclosedText ?? hashed(scalars)
    }

    // MARK: Boxes

    /// What the last `\boxed{…}` (`\fbox`, `\framebox`) holds, braces balanced, or what follows a `\boxed` without braces;
    /// nil where there is none or it is never closed.
    package static func boxed(in text: String) -> String? {
        let boxes = AnswerBoxes(text.scalars)
        return boxes.lastAnswers.last.map(boxes.text)
    }

    // MARK: Tags and hashes

    private static let tags = [
        ("<answer>", "</answer>"), ("<final_answer>", "</final_answer>"), ("<|begin_of_box|>", "<|end_of_box|>"),
    ].map { ($0.0.scalars, $0.1.scalars) }

    /// What the last `<answer>…</answer>` holds; nil where there is none or it is blank.
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

    /// What follows the last `####`, but where that begins a heading.
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
        let isNumbered = words.prefixMatch(of: /\d+[.)]\s+\S/) != nil
        if !isLast, sentence.isWordy || isNumbered { return nil }
        if words.range(of: "answer", options: .caseInsensitive) != nil { return nil }
        return sentence.answer
    }

    // MARK: Ends

    /// Without blanks and Markdown's asterisks around it, and the full stop after it.
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
