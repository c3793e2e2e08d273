/// The form of a response, and its limits.
package struct Limits: Sendable, Equatable {
    /// The text that ends a step and belongs to it.
    package var delimiter: String
    package var tokens: TokenLimit
    package var maxSteps: Int
    /// How thoughts are marked; nil if nothing is known of them.
    package var thoughts: Thoughts?

    package init(delimiter: String, tokens: TokenLimit, maxSteps: Int, thoughts: Thoughts? = nil) {
        self.delimiter = delimiter
        self.tokens = tokens
        self.maxSteps = maxSteps
        self.thoughts = thoughts
    }

    package init(delimiter: String, maxTokens: Int, maxSteps: Int) {
        self.init(delimiter: delimiter, tokens: .response(maxTokens), maxSteps: maxSteps)
    }
}

/// How the tokens of a response are limited.
package enum TokenLimit: Sendable, Hashable {
    /// Tokens of the whole response, each counted by the model that wrote it: `max_tokens`.
    case response(Int)
    /// Tokens that one request may write. A step-by-step method also ends the response after the step at which prompt
    /// and response together reach this number, counted by that step's writer: `max_tokens_per_call` of the authors'
    /// code (BaohaoLiao/RSD, `main_online.py`).
    case call(Int)

    /// The number of tokens.
    package var count: Int {
        switch self {
        case .response(let count), .call(let count): count
        }
    }

    /// Whether the response must end.
    ///
    /// - Parameters:
    ///   - kept: tokens of the response.
    ///   - length: tokens of prompt and response; nil for a method that is not step-by-step.
    package func isReached(kept: Int, length: Int?) -> Bool {
        switch self {
        case .response(let count): kept >= count
        case .call(let count): (length ?? kept) >= count
        }
    }
}
