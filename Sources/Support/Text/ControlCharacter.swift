import Foundation

/// A control character that does not belong in a text: usually the first letter of a TeX command, whose backslash JSON
/// or YAML read as the start of an escape.
package struct ControlCharacter: Equatable {
    private static let letters: [Unicode.Scalar: (name: String, letter: Character)] = [
        "\u{7}": ("a bell", "a"), "\u{8}": ("a backspace", "b"), "\t": ("a tab", "t"), "\n": ("a line break", "n"),
        "\u{B}": ("a vertical tab", "v"), "\u{C}": ("a form feed", "f"), "\r": ("a carriage return", "r"),
        "\u{1B}": ("an escape", "e"),
    ]

    /// Commands that start with a letter used in escapes, except those whose rest is a word that may start a line of
    /// text.
    private static let commands: Set<String> = [
        "alpha", "angle", "approx", "arccos", "arcsin", "arctan", "array", "ast", "bar", "because", "begin", "beta",
        "big", "bigcap",
        "bigcup", "bigg", "bigl", "bigr", "binom", "bmod", "bot", "boxed", "breve", "bullet", "ell", "emptyset", "end",
        "epsilon", "equiv",
        "eta", "exists", "exp", "fbox", "flat", "forall", "frac", "frown", "nabla", "ncong", "neq", "nleq", "ngeq",
        "not", "notin",
        "nsubseteq", "rangle", "rbrace", "rceil", "rfloor", "rho", "right", "rightarrow", "rm", "rvert", "tan",
        "tanh", "tau", "tbinom", "text", "textbf", "textit", "textrm", "tfrac", "therefore", "theta", "tilde", "times",
        "triangle",
        "varepsilon", "varphi", "vartheta", "vdots", "vec", "vee", "vert",
    ]

    /// Such commands whose rest may start a line of text or a table cell: recognised only within a formula or at the
    /// beginning.
    private static let ambiguous: Set<String> = ["ne", "neg", "ni", "nmid", "nu", "to", "tt"]

    /// What the character is, and what was probably meant.
    package var words: String
    /// The command that was probably meant, with its backslash.
    package var command: String?
    /// From 1.
    package var line: Int

    /// The first control character in a text that is not there on purpose; nil if there is none.
    package init?(in text: String) {
        guard text.utf8.contains(where: Self.isControl) else { return nil }
        let scalars = Array(text.unicodeScalars)
        var line = 1
        for (index, scalar) in scalars.enumerated() where scalar.isASCII && Self.isControl(UInt8(scalar.value)) {
            defer { if scalar == "\n" { line += 1 } }
            let rest = scalars[(index + 1)...].prefix { $0.isASCII && $0.properties.isAlphabetic }
            let word = String(String.UnicodeScalarView(rest))
            let isText =
                scalar == "\n" && scalars[..<index].last == "\n"
                || scalar == "\t" && word == "an" && scalars.dropFirst(index + 3).first == " "
            if let (name, letter) = Self.letters[scalar], !isText,
                Self.isCommand("\(letter)\(word)", after: scalars[..<index])
            {
                command = "\\\(letter)\(word)"
                words = "\(name) and \"\(word)\": '\\\(letter)\(word)' was probably meant"
            } else if scalar == "\r" {
                words =
                    "a carriage return, which models read as text; files with Windows line breaks contain them"
            } else if scalar != "\n", scalar != "\t" {
                let hex = String(scalar.value, radix: 16, uppercase: true)
                words = "the control character U+\(String(repeating: "0", count: 4 - hex.count))\(hex)"
            } else {
                continue
            }
            self.line = line
            return
        }
        return nil
    }

    private static func isCommand(_ name: String, after text: ArraySlice<Unicode.Scalar>) -> Bool {
        commands.contains(name)
            || ambiguous.contains(name) && (text.isEmpty || !text.count { $0 == "$" }.isMultiple(of: 2))
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
}

extension Unicode.Scalar {
    /// The general category Cc, which has only these.
    package var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }
}

extension StringProtocol {
    /// The text without white space at its ends. A control character that JSON made of a TeX command's backslash stays,
    /// so that it is found.
    package var trimmed: String {
        let core = trimmingCharacters(in: .whitespacesAndNewlines)
        guard let start = range(of: core)?.lowerBound, let last = self[..<start].last else { return core }
        let head = String(last) + core.prefix { $0.isASCII && $0.isLetter }
        return ControlCharacter(in: head)?.command == nil ? core : String(last) + core
    }
}
