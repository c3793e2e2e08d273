extension Generated {
    /// How an engine said that it stopped.
    package enum Stop: Sendable, Equatable {
        case eos, stopString, length
    }

    /// Cuts what an engine wrote into steps.
    ///
    /// - Parameters:
    ///   - pieces: what each generated token stands for by itself, in order.
    ///   - lengthMeans: the limit that a ``Stop/length`` ran into.
    /// - Returns: nil where text and tokens contradict each other.
    package init?(
        role: Role, text: String, pieces: [String], stop: Stop, lengthMeans: StepEnd, promptTokens: Int,
        splitter: StepSplitter
    ) {
        var texts = splitter.split(text)
        let endsClosed = texts.last.map(splitter.endsWithDelimiter) ?? true
        var counts = splitter.tokenCounts(pieces: pieces)
        // The engine cuts the text where it stops, and not the token in which that is: what more the token holds is no step.
        if stop == .stopString, counts.count > texts.count + 1 { counts.removeSubrange((texts.count + 1)...) }
        // `counts` has one entry for the open end, which the text has only where it does not end with a delimiter.
        guard counts.count == texts.count + (endsClosed ? 1 : 0), let tail = counts.last else { return nil }

        let end: StepEnd
        switch stop {
        case .stopString:
            guard endsClosed, !texts.isEmpty else { return nil }
            end = .delimiter
        case .eos: end = .eos
        // The limit struck right after a delimiter: the step is whole.
        case .length: end = endsClosed && tail == 0 ? .delimiter : lengthMeans
        }
        if endsClosed {
            if end == .delimiter {
                counts.removeLast()
            } else {
                texts.append("")
            }
        }
        guard !texts.isEmpty else { return nil }
        self.init(
            role: role, steps: zip(texts, counts).map { StepText(text: $0, tokens: $1) }, end: end,
            promptTokens: promptTokens)
    }
}
