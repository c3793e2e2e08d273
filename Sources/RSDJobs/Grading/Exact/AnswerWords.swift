/// Words in answers that mean something to the grader.
enum AnswerWords {
    /// Part two answers.
    static let joining: Set = ["and", "or"]

    /// Say what a number counts, and are left out.
    static let units: Set = [
        "unit", "units", "square", "cubic", "sq", "cu", "per", "degree", "degrees", "deg", "rad", "radian", "radians",
        "mm", "cm", "dm", "km", "m", "ft", "in", "yd", "mi", "inch", "inches", "foot", "feet", "yard", "yards", "mile",
        "miles", "meter", "meters", "metre", "metres", "centimeter", "centimeters", "centimetre", "centimetres",
        "kilometer", "kilometers", "kilometre", "kilometres", "millimeter", "millimeters", "mg", "g", "kg", "gram",
        "grams",
        "kilogram", "kilograms", "lb", "lbs", "pound", "pounds", "oz", "ounce", "ounces", "ton", "tons", "ml", "l",
        "liter",
        "liters", "litre", "litres", "gallon", "gallons", "cup", "cups", "quart", "quarts", "pint", "pints", "s", "sec",
        "secs", "second", "seconds", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "day",
        "days",
        "week", "weeks", "month", "months", "year", "years", "yr", "yrs", "mph", "kmh", "kph", "cent", "cents",
        "dollar",
        "dollars", "usd", "euro", "euros", "rupee", "rupees", "acre", "acres", "hectare", "hectares", "hz", "j", "w",
        "kw",
        "v", "n", "pa", "mol", "k", "points", "point", "times", "people", "ways",
    ]

    static let percent: Set = ["percent", "percentage", "pct"]

    /// Change the value of the number before them.
    static let numerals: Set = [
        "hundred", "thousand", "million", "billion", "trillion", "dozen", "half", "halves", "third", "thirds",
        "quarter",
        "quarters", "more", "less", "than", "to", "through", "not", "mod", "modulo", "base", "over", "plus", "minus",
    ]

    /// Of two and three letters and more that are never products of names.
    static let known: Set<String> = joining.union(percent).union(numerals).union(units.filter { $0.count > 1 })
        .union(["yes", "no", "odd", "even", "all", "none", "the", "is", "are", "if", "only", "for", "any", "am", "pm"])
}
