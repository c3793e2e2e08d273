/// A piece of an answer, without styling.
package enum AnswerToken: Hashable, Sendable {
    /// Digits with at most one point, without thousands separators.
    case number(String)
    /// A letter, or a name with one meaning such as `π` or `θ`.
    case name(String)
    /// Letters that are not a product of names, as written.
    case word(String)
    /// Any other LaTeX command.
    case command(String)
    /// An operator, a relation, a bracket or another sign.
    case symbol(String)
    case openGroup
    case closeGroup
    case space

    static func symbol(_ scalar: Unicode.Scalar) -> AnswerToken { .symbol(String(scalar)) }

    var isOpening: Bool {
        switch self {
        case .openGroup: true
        case .symbol(let sign): ["(", "[", "⦃", "⟨"].contains(sign)
        case .command(let name): name.hasPrefix("begin ")
        default: false
        }
    }

    var isClosing: Bool {
        switch self {
        case .closeGroup: true
        case .symbol(let sign): [")", "]", "⦄", "⟩"].contains(sign)
        case .command(let name): name.hasPrefix("end ")
        default: false
        }
    }
}

extension [AnswerToken] {
    /// Longer answers are compared as text.
    static let longestAnswer = 4096

    /// nil for an answer that is too long.
    ///
    /// - Parameter groupsThousands: whether `1,234` is one number rather than two.
    init?(answer: String, groupsThousands: Bool = true) {
        guard answer.utf8.count <= Self.longestAnswer else { return nil }
        var reader = AnswerTokenReader(answer, groupsThousands: groupsThousands)
        self = reader.read()
        // `1.5 x 10^3`
        for (index, token) in enumerated() where token == .name("x") {
            let before = self[..<index].last { $0 != .space }
            let after = self[(index + 1)...].drop { $0 == .space }.prefix(2)
            if case .number = before, after.elementsEqual([.number("10"), .symbol("^")]) { self[index] = .symbol("*") }
        }
        // `1011_{\text{two}}`, `204\text{ base }5`
        for (index, token) in enumerated() {
            guard case .word(let word) = token else { continue }
            let before = self[..<index].last { $0 != .space && $0 != .openGroup }
            if before == .symbol("_"), let base = AnswerReader.number(ofWord: word) {
                self[index] = .number("\(base)")
            } else if word == "base", case .number = before,
                case .number = self[(index + 1)...].first(where: { $0 != .space })
            {
                self[index] = .symbol("_")
            }
        }
    }
}

extension Unicode.Scalar {
    package var isDigit: Bool { ("0"..."9").contains(self) }
    var isASCIILetter: Bool { ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
}
