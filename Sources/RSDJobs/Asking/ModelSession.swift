import ModelLifecycle

/// A model that is up and ready: its engine's client and what is known of its tokenizer and context.
struct ModelSession: Sendable {
    let client: EngineClient
    /// Tokens that a prompt and its continuation may have together.
    let contextLength: Int
    let pieces: TokenPieces
    let splitter: StepSplitter

    func pieces(of ids: some Sequence<Int> & Sendable) async throws -> [String] {
        try await pieces.pieces(of: ids, from: client)
    }

    /// The ids of `text` as the model would have written them itself.
    ///
    /// A tokenizer may take a delimiter at the very end of a text for other tokens than the same delimiter with more text
    /// after it, and a model that is shown the former goes astray. So the text is read with a letter appended, and the
    /// letter's token is dropped.
    ///
    /// - Throws: ``Unanswerable`` where no letter stays a token by itself.
    func promptTokens(of text: String) async throws -> [Int] {
        guard splitter.endsWithDelimiter(text) else {
            return try await client.tokenize(text, addSpecialTokens: true).tokens
        }
        for letter in ["A", "x", "1"] {
            let read = try await client.tokenize(text + letter, addSpecialTokens: true)
            if let last = read.tokens.last, try await pieces(of: [last]) == [letter] {
                return Array(read.tokens.dropLast())
            }
        }
        throw Unanswerable(
            reason: "the tokenizer joins the delimiter to whatever follows it, so that steps cannot be continued")
    }
}

/// A need that no engine can meet, however often it is asked: the trajectory fails.
struct Unanswerable: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

/// An engine's answer that contradicts itself or the question.
struct Nonsense: Error, CustomStringConvertible {
    var description: String
}
