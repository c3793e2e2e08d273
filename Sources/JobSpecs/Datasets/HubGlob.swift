import Support

/// A pattern for paths as fsspec has it: `*` and `?` within a name, `**` for any number of folders, `[…]` for characters.
struct HubGlob {
    private let regex: Regex<Substring>

    /// - Throws: ``Unreadable`` for an address instead of a pattern.
    init(_ pattern: String) throws(Unreadable) {
        guard !pattern.contains("://"), !pattern.hasPrefix("/") else {
            throw Unreadable(message: "the README names files elsewhere: '\(pattern)'")
        }
        var expression = ""
        let parts = (pattern.hasPrefix("./") ? pattern.dropFirst(2) : pattern[...])
            .split(separator: "/", omittingEmptySubsequences: false)
        for (index, part) in parts.enumerated() {
            let isLast = index == parts.count - 1
            if part == "**" {
                expression += isLast ? ".+" : "(?:.+/)?"
            } else {
                expression += Self.expression(of: part) + (isLast ? "" : "/")
            }
        }
        do {
            regex = try Regex(expression, as: Substring.self)
        } catch {
            throw Unreadable(message: "the README has a pattern that cannot be read: '\(pattern)'")
        }
    }

    func matches(_ path: String) -> Bool { path.wholeMatch(of: regex) != nil }

    private static func expression(of part: Substring) -> String {
        var (expression, rest) = ("", part)
        while let character = rest.popFirst() {
            switch character {
            case "*": expression += "[^/]*"
            case "?": expression += "[^/]"
            case "[":
                guard let end = rest.dropFirst().firstIndex(of: "]") else {
                    expression += "\\["
                    continue
                }
                let set = rest[..<end].replacing("\\", with: "\\\\").replacing("[", with: "\\[")
                expression += "[" + (set.hasPrefix("!") ? "^" + set.dropFirst() : set) + "]"
                rest = rest[end...].dropFirst()
            case _ where character.isLetter || character.isNumber || character == "_" || character == "-":
                expression.append(character)
            default:
                expression +=
                    "\\u{\(character.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: "}\\u{"))}"
            }
        }
        return expression
    }
}
