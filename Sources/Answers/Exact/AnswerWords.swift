/// Words in answers that have a meaning for the grader, in lower case.
enum AnswerWords {
    /// Words between two answers.
    static let joining: Set = ["and", "or", "或", "或者", "和", "与", "及", "以及"]

    static let percent: Set = ["percent", "percentage", "pct"]

    /// Words that change the value of the number before them.
    static let numerals: Set = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "half", "halves", "third", "thirds",
        "quarter", "quarters", "fourth", "fourths", "fifth", "fifths", "tenth", "tenths", "hundredth", "hundredths",
        "am", "pm", "noon", "more", "less", "than", "to", "through", "not", "mod", "modulo", "base", "over", "plus",
        "minus", "squared",
        "cubed", "factorial", "choose", "at", "least", "most", "about", "between", "log", "sin", "cos", "tan", "ln",
    ]

    /// Whether a word changes the number before it.
    static func isNumeral(_ word: String) -> Bool {
        numerals.contains(word.lowercased())
            || word.unicodeScalars.contains { "万亿百千十半萬億分之几多余至到".unicodeScalars.contains($0) }
    }

    /// Phrases for "any real number".
    static let allReals: Set = [
        "all real numbers", "all reals", "the set of all real numbers", "set of all real numbers", "all real",
        "the real numbers", "real numbers", "all real x", "all real values", "全体实数", "实数集", "一切实数",
    ]

    /// Words of two or more letters that are never products of names.
    static let known: Set<String> = joining.union(percent).union(numerals).union(AnswerUnits.words).union([
        "yes", "no", "odd", "even", "all", "none", "the", "is", "are", "if", "only", "for", "any", "am", "pm", "dne",
    ])
}
