/// The answer that a text announces: `The answer is 15.`, `Answer: 15`, `## Final Answer`, `答案是 15。`, `故选 C`.
///
/// Announcements of a final answer take precedence; among several, the last one counts.
struct AnnouncedAnswer {
    /// nil if none is announced.
    var answer: String?
    /// No number before this place can be the answer, because the text retracted it.
    var void = 0

    static func find(in scalars: [Unicode.Scalar]) -> AnnouncedAnswer {
        let phrases = AnswerPhrase.all(in: scalars)
        for phrase in phrases.filter(\.isFinal) + phrases.filter({ !$0.isFinal }) {
            switch AnnouncementReading(scalars, phrase).result {
            case .answer(let answer): return AnnouncedAnswer(answer: answer)
            case .retraction(let end): return AnnouncedAnswer(void: end)
            case .nothing: continue
            }
        }
        return AnnouncedAnswer()
    }
}

/// Reads the text after one announcement.
private struct AnnouncementReading {
    enum Result {
        case answer(String)
        /// The answer is not the one before this place.
        case retraction(end: Int)
        case nothing
    }

    private let scalars: [Unicode.Scalar]
    private let phrase: AnswerPhrase

    init(_ scalars: [Unicode.Scalar], _ phrase: AnswerPhrase) {
        self.scalars = scalars
        self.phrase = phrase
    }

    var result: Result {
        var sentence = AnswerSentence(scalars, at: phrase.end)
        if phrase.kind == .choice { return choice(sentence) }
        while AnswerWording.fillers.contains(sentence.firstWord) {
            sentence = AnswerSentence(scalars, at: sentence.start + sentence.firstWord.count, passing: [","])
        }
        guard let answer = sentence.answer else { return .nothing }
        if phrase.kind == .statement, let assessment = assessment(sentence, answer) { return assessment }
        guard sentence.isWordy else { return .answer(answer) }
        // `as follows: 15`
        if let colon = scalars[sentence.start..<sentence.end].lastIndex(of: ":"), colon + 1 < sentence.end {
            let after = AnswerSentence(scalars, at: colon + 1)
            if !after.isWordy, let answer = after.answer { return .answer(answer) }
        }
        if phrase.kind == .statement, sentence.firstWord != "that", !sentence.isEastAsian { return .answer(answer) }
        return label(sentence, answer)
    }

    /// A sentence that contains the answer, or is the answer.
    private func label(_ sentence: AnswerSentence, _ answer: String) -> Result {
        let isLast = scalars[sentence.end...].allSatisfy { $0.isBlank || $0 == "\n" || $0 == "." || $0 == "。" }
        let words = Array(scalars[sentence.start..<sentence.end])
        switch LastNumber.count(in: words) {
        case 0:
            // `Answer: Let us see, step by step.`
            return answer.split(separator: " ").count > 4 && !isLast ? .nothing : .answer(answer)
        case 1: return LastNumber.find(in: words).map(Result.answer) ?? .nothing
        default: return isLast ? .nothing : .answer(answer)
        }
    }

    /// A sentence that assesses an answer instead of giving it.
    private func assessment(_ sentence: AnswerSentence, _ answer: String) -> Result? {
        let word = sentence.firstWord
        let denies =
            word == "not" || word == "n" && AnswerPhrase.denials.contains { scalars.has($0, at: sentence.start) }
            || ["不", "并不", "并非", "非"].contains(where: answer.hasPrefix)
        if denies || AnswerWording.retractions.contains(word) || answer.hasPrefix("错") {
            return instead(sentence) ?? .retraction(end: denies ? sentence.end : sentence.start)
        }
        if ["正确", "对的", "合理"].contains(where: answer.hasPrefix) { return .nothing }
        if word == "as", scalars[sentence.start..<sentence.end].contains(":") { return nil }
        if AnswerWording.judgements.contains(word) {
            let rest = answer.dropFirst(word.count).split { !$0.isLetter }.first.map { $0.lowercased() } ?? ""
            return rest.isEmpty || rest == "and" || AnswerWording.comments.contains(rest) ? .nothing : nil
        }
        return AnswerWording.assessments.contains(word) ? .nothing : nil
    }

    /// `not 12 but 15`
    private func instead(_ sentence: AnswerSentence) -> Result? {
        guard sentence.firstWord == "not" else { return nil }
        let limit = min(scalars.count, sentence.start + 200)
        for index in sentence.start..<limit {
            if scalars[index] == "\n" { return nil }
            guard scalars.has(" but ".scalars, at: index) else { continue }
            var after = AnswerSentence(scalars, at: index + 5)
            while after.firstWord == "rather" || after.firstWord == "is" {
                after = AnswerSentence(scalars, at: after.start + after.firstWord.count)
            }
            return after.isWordy ? nil : after.answer.map(Result.answer)
        }
        return nil
    }

    /// `(C)`, `C. 15`
    private func choice(_ sentence: AnswerSentence) -> Result {
        var letter = sentence.start
        if scalars.at(letter) == "(" { letter += 1 }
        guard let found = scalars.at(letter), ("A"..."J").contains(found),
            scalars.at(letter + 1).map({ !$0.isASCIILetter && !$0.isDigit && !"'^_+-*/=".unicodeScalars.contains($0) })
                ?? true
        else { return .nothing }
        return .answer(String(found))
    }
}

extension AnswerSentence {
    /// The ASCII word at its start, in lower case; empty if there is none.
    var firstWord: String {
        String(String.UnicodeScalarView(scalars[start..<max(start, end)].prefix { $0.isASCIILetter }.map(\.lowercased)))
    }

    /// Whether it starts with a word, not with a number, a formula, a name such as `x`, or the letter of a choice.
    var isWordy: Bool { firstWord.count > 1 || isEastAsian }

    var isEastAsian: Bool { scalars.at(start)?.isEastAsian ?? false }
}
