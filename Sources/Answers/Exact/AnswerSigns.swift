/// Meanings of the commands and signs in answers.
enum AnswerSigns {
    static let dropped: Set = [
        "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "displaystyle",
        "textstyle", "limits", "large", "Large", "LARGE", "huge", "small", "normalsize", "boxed", "fbox", "rm", "bf",
        "it", "middle", "nolimits", "checkmark", "blacksquare", "square", "qed",
    ]
    /// Commands for styling only, which have an argument.
    static let invisible: Set = ["color", "textcolor", "phantom", "hspace", "vspace", "tag", "label"]
    /// Environments for layout only.
    static let layouts: Set = [
        "aligned", "align", "align*", "gathered", "gather", "gather*", "split", "equation", "equation*",
    ]
    /// Blanks that may separate thousands instead of a comma.
    static let blanks = [" ", #"\,"#, #"\;"#, #"\:"#, #"\ "#, #"\!"#, "~"]
    static let spaces: Set = ["quad", "qquad", "enspace", "thinspace", "nobreakspace"]
    static let textual: Set = [
        "text", "textbf", "textit", "textrm", "textnormal", "mbox", "hbox", "texttt", "textsf", "emph", "textsc", "ce",
    ]
    static let plain: Set = [
        "mathrm", "mathbf", "mathit", "mathsf", "boldsymbol", "bm", "operatorname", "overrightarrow", "vec",
        "underline",
    ]

    static let functions: Set = [
        "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "ln", "log",
        "lg",
        "exp",
    ]

    static let namedWords: [String: AnswerToken] = [
        "infinity": .name("∞"), "inf": .name("∞"), "pi": .name("π"),
    ]

    static let signs: [Unicode.Scalar: AnswerToken] = ["ℝ": .name("ℝ")]

    static let meanings: [String: AnswerToken] = {
        var meanings: [String: AnswerToken] = [
            "dfrac": .command("frac"), "sfrac": .command("frac"), "nicefrac": .command("frac"), "cr": .command("\\"),
            "tfrac": .command("frac"), "cfrac": .command("frac"),
            "dbinom": .command("binom"), "tbinom": .command("binom"), "pi": .name("π"), "infty": .name("∞"),
            "emptyset": .name("∅"), "varnothing": .name("∅"), "oslash": .name("∅"), "degree": .symbol("°"),
            "circ": .symbol("°"), "land": .word("and"), "lor": .word("or"), "R": .name("ℝ"), "Reals": .name("ℝ"),
            "ldots": .command("dots"), "cdots": .command("dots"), "dots": .command("dots"),
            "prime": .symbol("'"), "colon": .symbol(":"), "AA": .word("angstrom"), "pounds": .symbol("£"),
            "textdollar": .symbol("$"), "euro": .symbol("€"), "yen": .symbol("¥"),
        ]
        for (sign, names) in [
            "*": "cdot times ast bullet", "/": "div", "≤": "le leq leqslant leqq", "≥": "ge geq geqslant geqq",
            "<": "lt",
            ">": "gt", "≠": "ne neq", "≈": "approx simeq thickapprox", "∈": "in", "∪": "cup bigcup", "∩": "cap",
            "±": "pm", "∓": "mp", "⦃": "lbrace", "⦄": "rbrace", "⟨": "langle", "⟩": "rangle", "[": "lbrack",
            "]": "rbrack", "|": "lvert rvert mid vert",
        ] {
            for name in names.split(separator: " ") { meanings[String(name)] = .symbol(sign) }
        }
        for name in [
            "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
            "xi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda",
            "Xi", "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega", "ell", "hbar",
        ] {
            meanings[name] = .name(name == "theta" ? "θ" : "\\" + name)
        }
        for name in ["epsilon", "theta", "phi", "rho", "sigma", "kappa"] { meanings["var" + name] = meanings[name] }
        return meanings
    }()
}
