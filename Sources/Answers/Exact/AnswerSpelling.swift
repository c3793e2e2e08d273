import Foundation

/// Replaces signs beyond ASCII with the equivalent LaTeX or ASCII.
///
/// Covers digits of every script, full-width forms, mathematical alphabets, blanks of every width, Chinese and Arabic
/// punctuation, superscripts, subscripts and single-sign fractions.
enum AnswerSpelling {
    /// The text with full-width punctuation and letters in ASCII, otherwise unchanged.
    static func plain(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let spelled = spelled(scalar).unicodeScalars
                    return spelled.count == 1 ? spelled.first ?? scalar : scalar
                }))
    }

    static func scalars(of text: String) -> [Unicode.Scalar] {
        var written: [Unicode.Scalar] = []
        var raised: Unicode.Scalar?
        func close() {
            if raised != nil { written.append("}") }
            raised = nil
        }
        for scalar in text.unicodeScalars {
            if let (mark, plain) = stacked[scalar] {
                if raised != mark {
                    close()
                    written += [mark, "{"]
                    raised = mark
                }
                written.append(plain)
            } else {
                close()
                if scalar.isASCII {
                    if scalar.value >= 32 || scalar == "\n" || scalar == "\t" { written.append(scalar) }
                } else {
                    written += spelled(scalar).unicodeScalars
                }
            }
        }
        close()
        return written
    }

    private static func spelled(_ scalar: Unicode.Scalar) -> String {
        if let other = others[scalar] { return other }
        let properties = scalar.properties
        if properties.numericType == .decimal, let digit = properties.numericValue { return String(Int(digit)) }
        switch properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return " "
        case .format, .control: return ""
        default: break
        }
        switch scalar.value {
        case 0xFE00...0xFE0F: return ""
        case 0x2460...0x2473: return "(\(scalar.value - 0x245F))"
        case 0xFF01...0xFF5E: return Unicode.Scalar(scalar.value - 0xFEE0).map { String($0) } ?? ""
        case 0x1D400...0x1D7FF, 0x3371...0x33DF, 0x210E: return compatible(scalar)
        default: break
        }
        let parts = compatible(scalar).split(separator: "⁄")
        return parts.count == 2 ? #"\frac{\#(parts[0])}{\#(parts[1])}"# : String(scalar)
    }

    private static func compatible(_ scalar: Unicode.Scalar) -> String {
        String(scalar).precomposedStringWithCompatibilityMapping
    }

    /// Superscripts and subscripts: the mark that raises or lowers, and the plain sign.
    private static let stacked: [Unicode.Scalar: (mark: Unicode.Scalar, plain: Unicode.Scalar)] = {
        var stacked: [Unicode.Scalar: (Unicode.Scalar, Unicode.Scalar)] = [:]
        let rows: [(mark: Unicode.Scalar, signs: String, plain: String)] = [
            ("^", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ⁿⁱˣ", "0123456789+-()nix"), ("_", "₀₁₂₃₄₅₆₇₈₉₊₋₍₎ₙₓ", "0123456789+-()nx"),
        ]
        for row in rows {
            for (sign, plain) in zip(row.signs.unicodeScalars, row.plain.unicodeScalars) {
                stacked[sign] = (row.mark, plain)
            }
        }
        return stacked
    }()

    private static let others: [Unicode.Scalar: String] = [
        "。": ".", "．": ".", "｡": ".", "٫": ".", "、": ",", "､": ",", "٬": ",", "،": ",", "؛": ";", "٪": "%", "∶": ":",
        "〔": "(", "〕": ")", "【": "[", "】": "]", "「": "", "」": "", "“": "\"", "”": "\"", "‘": "'", "’": "'", "′": "'",
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "−": "-", "﹣": "-", "－": "-", "×": "*", "✕": "*", "✖": "*", "⨯": "*",
        "·": "*", "⋅": "*", "∙": "*", "•": "*", "∗": "*", "÷": "/", "∕": "/", "⁄": "/", "≤": #"\le "#, "≥": #"\ge "#,
        "⩽": #"\le "#, "⩾": #"\ge "#, "≦": #"\le "#, "≧": #"\ge "#, "≠": #"\ne "#, "≈": #"\approx "#, "≃": #"\approx "#,
        "∈": #"\in "#, "∪": #"\cup "#, "∩": #"\cap "#, "±": #"\pm "#, "∓": #"\mp "#, "∞": #"\infty "#,
        "∅": #"\emptyset "#, "√": #"\sqrt "#, "∛": #"\sqrt[3] "#, "∜": #"\sqrt[4] "#, "º": "°", "˚": "°", "∘": "°",
        "℃": "°C", "℉": "°F", "…": "...", "⋯": "...", "￥": "¥", "￡": "£", "∣": "|", "∠": #"\angle "#,
        "µ": #"\mu "#, "ϕ": #"\phi "#, "ϵ": #"\epsilon "#, "∖": #"\setminus "#, "→": #"\to "#, "ς": #"\sigma "#,
        "㎡": "m^2", "㎥": "m^3", "㎠": "cm^2", "㎤": "cm^3", "㎢": "km^2",
    ].merging(greek) { first, _ in first }

    private static let greek: [Unicode.Scalar: String] = {
        let names = [
            "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
            "xi", "omicron", "pi", "rho", "final", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
        ]
        var greek: [Unicode.Scalar: String] = [:]
        for (letter, name) in zip("αβγδεζηθικλμνξοπρςστυφχψω".unicodeScalars, names) { greek[letter] = "\\\(name) " }
        for (letter, name) in zip("ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ".unicodeScalars, names.filter { $0 != "final" }) {
            greek[letter] = "\\\(name.prefix(1).uppercased() + name.dropFirst()) "
        }
        return greek
    }()
}
