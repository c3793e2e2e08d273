/// Words in a text that announce its answer.
struct AnswerPhrase {
    enum Kind {
        /// `Answer: 15`, `## Final Answer`, `答案：15`: a sentence that contains the answer may follow.
        case label
        /// `the answer is 15`
        case statement
        /// `故选 C`, `the correct option is (C)`: only letters of choices can follow.
        case choice
    }

    var kind: Kind
    /// Whether it announces a final answer.
    var isFinal: Bool
    /// Start of the words, and of what they announce.
    var start: Int
    var end: Int

    /// The announcements in a text, the last one first. If there are very many, only a few are read.
    static func all(in scalars: [Unicode.Scalar]) -> [AnswerPhrase] {
        var phrases: [AnswerPhrase] = []
        for start in scalars.indices.reversed() where phrases.count < most {
            guard initials.contains(scalars[start].lowercased),
                let keyword = keywords.first(where: { scalars.has($0.word, at: start) })
            else { continue }
            let phrase = keyword.read(scalars, start)
            if let phrase { phrases.append(phrase) }
        }
        return phrases
    }

    private static let most = 50

    private typealias Reader = @Sendable ([Unicode.Scalar], Int) -> AnswerPhrase?

    private static let keywords: [(word: [Unicode.Scalar], read: Reader)] =
        ["answer", "option", "choice"].map { ($0.scalars, english) }
        + [("a:".scalars, lastLine)]
        + ["答案", "答え", "정답"].map { ($0.scalars, eastern) }
        + ["故选", "应选", "此选", "以选", "正确选项", "正确的选项"].map { ($0.scalars, choosing) }
    private static let initials = ScalarSigns(keywords.map(\.word[0]))

    // MARK: Chinese, Japanese, Korean

    private static let verbsAfter = ["应该是", "应当是", "应该为", "应是", "应为", "就是", "即为", "等于", "是", "为", "即", "は", "은", "选"]
        .map(\.scalars)

    @Sendable private static func eastern(_ scalars: [Unicode.Scalar], _ start: Int) -> AnswerPhrase? {
        let isFinal = ["最终", "最后"].contains {
            scalars.has($0.scalars, at: start - 2) || scalars.has(($0 + "的").scalars, at: start - 3)
        }
        var index = start + 2
        func pass() {
            while let scalar = scalars.at(index), " \t*_`\"”』」".unicodeScalars.contains(scalar) { index += 1 }
        }
        pass()
        var kind: Kind?
        if let verb = verbsAfter.first(where: { scalars.has($0, at: index) }) {
            index += verb.count
            kind = .statement
            pass()
        }
        // `答案不是15`
        if kind == nil, let scalar = scalars.at(index), "不并非错".unicodeScalars.contains(scalar) { kind = .statement }
        if scalars.at(index) == ":" || scalars.at(index) == "】" || scalars.at(index) == "=" {
            index += 1
            kind = .label
        } else if kind == nil, scalars.at(index).map({ $0 == "\n" || $0.isNumeral || $0 == "$" || $0 == "\\" }) ?? false
        {
            // A heading, or `答案 15`.
            kind = .label
        }
        return kind.map { AnswerPhrase(kind: $0, isFinal: isFinal, start: start, end: index) }
    }

    @Sendable private static func choosing(_ scalars: [Unicode.Scalar], _ start: Int) -> AnswerPhrase? {
        var index = start
        while let scalar = scalars.at(index), scalar.isEastAsian, index < start + 8 { index += 1 }
        return AnswerPhrase(kind: .choice, isFinal: false, start: start, end: index)
    }
}
