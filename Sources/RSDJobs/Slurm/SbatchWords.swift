extension String {
    /// The words of an option, split as sbatch splits a script's line: at blanks, except inside quotes and after a backslash.
    var sbatchWords: [String] {
        var (words, word, quote, isEscaped) = ([String](), String?.none, Character?.none, false)
        for character in self {
            if isEscaped {
                word = (word ?? "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                (quote, word) = (character, word ?? "")
            } else if quote == nil, character.isWhitespace {
                if let word { words.append(word) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        return words + (word.map { [$0] } ?? [])
    }

    /// One word for a script line that sbatch reads.
    var sbatchWord: String {
        guard contains(where: { $0.isWhitespace || "\"'\\#".contains($0) }) else { return self }
        let escaped = replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        // As in most of Slurm's own examples: quotes around the value alone.
        guard let equals = escaped.firstIndex(of: "="), escaped.hasPrefix("--") else { return "\"\(escaped)\"" }
        return "\(escaped[...equals])\"\(escaped[escaped.index(after: equals)...])\""
    }
}
