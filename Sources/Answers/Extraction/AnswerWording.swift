/// Words that decide whether text belongs to an answer or comments on it.
enum AnswerWording {
    /// After an answer: a comment follows.
    static let comments: Set = [
        "because", "since", "as", "which", "where", "so", "hence", "thus", "therefore", "but", "not", "rather",
        "instead",
    ]

    /// After an answer and the word *and*: another sentence starts.
    static let continuations: Set = ["not", "we", "i", "this", "that", "it", "so", "thus", "therefore", "hence", "our"]

    /// After an answer and a comma: these may change it and belong to it. Other words are comments.
    static let listed: Set = [
        "pi", "sqrt", "infinity", "inf", "sin", "cos", "tan", "cot", "log", "ln", "exp", "frac", "maybe", "perhaps",
        "possibly", "probably", "either", "both", "otherwise", "else", "if", "when", "for", "unless", "except",
        "depending",
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "twenty",
        "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "zero", "none",
    ]

    /// In brackets after an answer: these may change it.
    static let inBrackets: Set = [
        "mod", "modulo", "base", "or", "and", "if", "when", "for", "maybe", "perhaps", "possibly", "otherwise",
    ]

    /// After a formula: these change the answer. Other words name what it counts.
    static let changing: Set = [
        "hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion", "billions", "trillion",
        "trillions", "dozen", "dozens", "half", "halves", "third", "thirds", "quarter", "quarters", "percent", "and",
        "or", "to", "if", "when", "unless", "mod", "modulo", "base", "times", "plus", "minus", "over", "x", "万", "亿",
        "千", "百", "十", "分之",
    ]

    /// The same for Chinese and Japanese signs after a number.
    static let counting: Set<Unicode.Scalar> = [
        "十", "百", "千", "万", "亿", "分", "点", "又", "和", "或", "与", "及", "至", "到", "倍", "半", "零",
    ]

    /// Abbreviations, whose full stop ends a sentence only before a capital.
    static let abbreviations: Set = [
        "approx", "vs", "ft", "sq", "cu", "hr", "hrs", "min", "mins", "sec", "secs", "lb", "lbs", "oz", "mi", "yd",
        "mr",
        "mrs", "ms", "dr", "st", "etc",
    ]

    /// After "the answer is": an assessment of an earlier answer, not an answer.
    static let assessments: Set = [
        "in", "given", "found", "obtained", "expressed", "derived", "calculated", "computed", "clear", "as", "below",
        "above", "verified", "confirmed",
    ]

    /// The same, if nothing else follows.
    static let judgements: Set = ["correct", "right", "reasonable", "valid", "plausible", "consistent", "sensible"]

    /// After "the answer is": the earlier answer is retracted.
    static let retractions: Set = ["wrong", "incorrect", "not", "invalid", "false"]

    /// Words between "the answer is" and the answer.
    static let fillers: Set = [
        "indeed", "simply", "just", "exactly", "about", "approximately", "roughly", "around", "clearly", "therefore",
        "thus", "hence", "then", "now", "still", "only", "actually", "obviously", "precisely", "equal", "to", "option",
        "choice",
    ]

    /// After the last number of a text and a blank: these change the number.
    static let multipliers = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "percent", "and a half", "and a third",
        "and a quarter", "1/2", "p.m.", "a.m.", "pm", "am",
    ]

    static let multiplying: Set<Unicode.Scalar> = ["十", "百", "千", "万", "亿", "分", "点", "又", "倍", "半"]
}
