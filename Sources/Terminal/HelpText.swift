/// Help as the argument parser lays it out, which leaves lines of usage and long words too wide.
package enum HelpText {
    /// Breaks lines that are too wide, between options where possible. Text other than help is returned unchanged.
    package static func fitted(_ text: String, to width: Int) -> String {
        guard text.hasPrefix("OVERVIEW: ") else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
            line.displayWidth <= width ? [String(line)] : broken(line, to: width)
        }.joined(separator: "\n")
    }

    private static func broken(_ line: Substring, to width: Int) -> [String] {
        let words = line.matches(of: #/\[[^\]]*\]|\S+/#).map(\.output)
        let widest = words.map(\.displayWidth).max() ?? 0
        let indent = line.hasPrefix("USAGE: ") ? 7 : line.prefix { $0 == " " }.count
        let margin = String(repeating: " ", count: max(0, min(indent, width - widest)))
        var lines = [line.hasPrefix(" ") ? margin : ""]
        for word in words {
            let last = lines[lines.count - 1]
            let isBlank = last.allSatisfy { $0 == " " }
            if isBlank {
                lines[lines.count - 1] += word
            } else if last.displayWidth + 1 + word.displayWidth <= width {
                lines[lines.count - 1] += " " + word
            } else {
                lines.append(margin + word)
            }
        }
        return lines
    }
}
