extension Generated {
    /// Why an engine stopped.
    package enum Stop: Sendable, Equatable {
        case eos, stopString, length
    }

    /// Splits an engine's text into steps.
    ///
    /// - Parameters:
    ///   - pieces: the text of each generated token by itself, in order.
    ///   - lengthMeans: the limit behind a ``Stop/length``.
    /// - Returns: nil if text and tokens contradict each other.
    package init?(
        role: Role, text: String, pieces: [String], stop: Stop, lengthMeans: StepEnd, promptTokens: Int,
        splitter: StepSplitter
    ) {
        var texts = splitter.split(text)
        let endsClosed = texts.last.map(splitter.endsWithDelimiter) ?? true
        var counts = splitter.tokenCounts(pieces: pieces)
        // The engine cuts the text at the stop, not the token that contains it: the rest of the token is not a step.
        if stop == .stopString, counts.count > texts.count + 1 { counts.removeSubrange((texts.count + 1)...) }
        // `counts` has an entry for the open end; the text has one only if it does not end with a delimiter.
        guard counts.count == texts.count + (endsClosed ? 1 : 0), let tail = counts.last else { return nil }

        let end: StepEnd
        switch stop {
        case .stopString:
            guard endsClosed, !texts.isEmpty else { return nil }
            end = .delimiter
        case .eos: end = .eos
        // The limit was reached right after a delimiter: the step is complete.
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
