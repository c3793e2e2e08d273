extension String {
    /// The text quoted as one word of a shell command line.
    package var shellWord: String {
        let isPlain =
            !isEmpty && allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./:=@%+,".contains($0)) }
        return isPlain ? self : "'" + replacing("'", with: #"'\''"#) + "'"
    }
}
