import Support

extension AnswerPhrase {
    @Sendable static func english(_ scalars: [Unicode.Scalar], _ start: Int) -> AnswerPhrase? {
        if let before = scalars.at(start - 1), before.isLetter { return nil }
        let isAnswer = scalars.has("answer".scalars, at: start)
        var index = start + 6
        if isAnswer, scalars.at(index)?.lowercased == "s" { index += 1 }
        if scalars.at(index)?.isASCIILetter ?? false { return nil }
        func phrase(_ kind: Kind, _ end: Int) -> AnswerPhrase {
            let isFinal = words(before: start, in: scalars).last == "final"
            return AnswerPhrase(kind: isAnswer ? kind : .choice, isFinal: isFinal, start: start, end: end)
        }
        // Markdown may be between the words.
        func pass(_ signs: String) {
            while let scalar = scalars.at(index), signs.unicodeScalars.contains(scalar) { index += 1 }
        }
        pass(" \t*_`\"”")
        if scalars.at(index) == ":" || scalars.at(index) == "=" { return phrase(.label, index + 1) }
        if scalars.at(index) == "|", scalars.at(index + 1)?.isBlank ?? false { return phrase(.label, index + 1) }
        if isAnswer, scalars.at(index) == "\n" || index == scalars.count, isHeading(start, in: scalars) {
            return phrase(.label, index)
        }
        if let letter = isAnswer ? letterBefore(start, in: scalars) : letterCalledCorrect(at: index, in: scalars) {
            return AnswerPhrase(kind: .choice, isFinal: false, start: start, end: letter)
        }
        if isAnswer {
            for word in ["choice", "option"] where scalars.has(word.scalars, at: index) { index += word.count }
        }
        pass(" \t*_`,")
        for word in ["must", "therefore", "thus", "hence", "then", "indeed"]
        where scalars.has((word + " ").scalars, at: index) || scalars.has((word + ",").scalars, at: index) {
            index += word.count
            pass(" ,")
        }
        if let end = verb(at: index, in: scalars) ?? denial(at: index, in: scalars) { return phrase(.statement, end) }
        guard isAnswer, ["to ", "for ", "of "].contains(where: { scalars.has($0.scalars, at: index) }) else {
            return nil
        }
        // `the answer to the second question is 15`
        for place in index..<min(index + 120, scalars.count) {
            let scalar = scalars[place]
            if scalar == "\n" || scalar == "?" || scalar == ":" || scalar == "." {
                return scalar == ":" ? phrase(.label, place + 1) : nil
            }
            if scalar == " ", let end = verb(at: place + 1, in: scalars) { return phrase(.statement, end) }
        }
        return nil
    }

    /// `C` in `option C is correct`.
    private static func letterCalledCorrect(at index: Int, in scalars: [Unicode.Scalar]) -> Int? {
        let rest = String(String.UnicodeScalarView(scalars[min(index, scalars.count)...].prefix(30)))
        return rest.prefixMatch(of: correctLetter) == nil ? nil : index
    }

    private static let correctLetter = Pattern(/\(?[A-J]\)?[*_]* is (the )?(correct|right|true)\b/)

    /// `C` in `C is the correct answer`.
    private static func letterBefore(_ start: Int, in scalars: [Unicode.Scalar]) -> Int? {
        guard
            [" is the correct ", " is the right ", " is the best "].contains(where: {
                scalars.has($0.scalars, at: start - $0.count)
            })
        else { return nil }
        let line = Array(scalars[..<start].suffix(30))
        let text = String(String.UnicodeScalarView(line))
        guard let match = text.firstMatch(of: chosenLetter) else { return nil }
        return start - text[match.1.startIndex...].unicodeScalars.count
    }

    private static let chosenLetter = Pattern(/(?:^|[^A-Za-z])([A-J])\)?[*_]* is the (?:correct|right|best) $/)

    private static let verbs = [
        "is", "are", "was", "be", "equals", "remains", "comes to", "comes out to", "works out to", "turns out to be",
    ].map(\.scalars)

    /// The start of the *not* within a negated verb.
    private static func denial(at index: Int, in scalars: [Unicode.Scalar]) -> Int? {
        let verbs = [
            "isn't", "isn’t", "wasn't", "wasn’t", "cannot be", "can not be", "can't be", "can’t be", "could not be",
            "couldn't be", "couldn’t be", "should not be", "shouldn't be", "shouldn’t be",
        ].map(\.scalars)
        guard let verb = verbs.first(where: { scalars.has($0, at: index) }) else { return nil }
        return (index..<(index + verb.count)).first { place in denials.contains { scalars.has($0, at: place) } }
    }

    /// *Not* and its short forms.
    static let denials = ["not", "n't", "n’t"].map(\.scalars)

    /// The place after a verb that ends as a word.
    private static func verb(at index: Int, in scalars: [Unicode.Scalar]) -> Int? {
        verbs.first { scalars.has($0, at: index) && !(scalars.at(index + $0.count)?.isLetter ?? false) }
            .map { index + $0.count }
    }

    /// Whether a line consists only of `## Final Answer`.
    private static func isHeading(_ start: Int, in scalars: [Unicode.Scalar]) -> Bool {
        words(before: start, in: scalars).allSatisfy { ["final", "the", "correct", "my", "your"].contains($0) }
    }

    /// The last words on the line before a place.
    private static func words(before start: Int, in scalars: [Unicode.Scalar]) -> [String] {
        let line = scalars[..<start].reversed().prefix(40).prefix { $0 != "\n" }.reversed()
        return String(String.UnicodeScalarView(line)).lowercased().split { !$0.isLetter && !$0.isNumber }.map(
            String.init)
    }

    /// `A: 15` on the last line.
    @Sendable static func lastLine(_ scalars: [Unicode.Scalar], _ start: Int) -> AnswerPhrase? {
        guard start == 0 || scalars[start - 1] == "\n", scalars[start] == "A" else { return nil }
        let rest = scalars[start...].drop { $0 != "\n" }
        guard rest.allSatisfy({ $0 == "\n" || $0.isBlank }) else { return nil }
        return AnswerPhrase(kind: .label, isFinal: false, start: start, end: start + 2)
    }
}
