extension String {
    /// The text quoted as one word of a shell command line.
    package var shellWord: String {
        let isPlain =
            !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
        if isPlain { return self }
        // By scalars: with a combining accent, the quotation mark is another character, but not for the shell.
        return "'" + unicodeScalars.map { $0 == "'" ? #"'\''"# : String($0) }.joined() + "'"
    }
}
