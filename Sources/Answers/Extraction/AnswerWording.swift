/// The words that tell what belongs to an answer and what speaks of it.
enum AnswerWording {
    /// After an answer: it goes on with something else.
    static let comments: Set = [
        "because", "since", "as", "which", "where", "so", "hence", "thus", "therefore", "but", "not", "rather",
        "instead",
    ]

    /// After an answer and the word *and*: a sentence about something else begins.
    static let continuations: Set = ["not", "we", "i", "this", "that", "it", "so", "thus", "therefore", "hence", "our"]

    /// After an answer and a comma: these may change it, and belong to it. Other words speak of it.
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

    /// After a formula: these make another answer of it. Other words say what it counts.
    static let changing: Set = [
        "hundred", "hundreds", "thousand", "thousands", "million", "millions", "billion", "billions", "trillion",
        "trillions", "dozen", "dozens", "half", "halves", "third", "thirds", "quarter", "quarters", "percent", "and",
        "or", "to", "if", "when", "unless", "mod", "modulo", "base", "times", "plus", "minus", "over", "x", "万", "亿",
        "千", "百", "十", "分之",
    ]

    /// The same for the signs of Chinese and Japanese after a number.
    static let counting: Set<Unicode.Scalar> = [
        "十", "百", "千", "万", "亿", "分", "点", "又", "和", "或", "与", "及", "至", "到", "倍", "半", "零",
    ]

    /// They end in a full stop, which ends a sentence only before a capital.
    static let abbreviations: Set = [
        "approx", "vs", "ft", "sq", "cu", "hr", "hrs", "min", "mins", "sec", "secs", "lb", "lbs", "oz", "mi", "yd",
        "mr",
        "mrs", "ms", "dr", "st", "etc",
    ]

    /// After "the answer is": no answer, but something about the one that was given before.
    static let assessments: Set = [
        "in", "given", "found", "obtained", "expressed", "derived", "calculated", "computed", "clear", "as", "below",
        "above", "verified", "confirmed",
    ]

    /// The same, where they stand alone.
    static let judgements: Set = ["correct", "right", "reasonable", "valid", "plausible", "consistent", "sensible"]

    /// After "the answer is": the one that was given before does not hold.
    static let retractions: Set = ["wrong", "incorrect", "not", "invalid", "false"]

    /// They come between "the answer is" and the answer.
    static let fillers: Set = [
        "indeed", "simply", "just", "exactly", "about", "approximately", "roughly", "around", "clearly", "therefore",
        "thus", "hence", "then", "now", "still", "only", "actually", "obviously", "precisely", "equal", "to", "option",
        "choice",
    ]

    /// After the last number of a text, with a blank between: they make another number of it.
    static let multipliers = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "percent", "and a half", "and a third",
        "and a quarter", "1/2", "p.m.", "a.m.", "pm", "am",
    ]

    static let multiplying: Set<Unicode.Scalar> = ["十", "百", "千", "万", "亿", "分", "点", "又", "倍", "半"]
}
