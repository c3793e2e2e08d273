/// The form of a response, and its limits. All trajectories of a method share one copy.
package struct Limits: Sendable, Equatable {
    private struct Values: Equatable {
        var delimiter: String
        var tokens: TokenLimit
        var maxSteps: Int
        var thoughts: Thoughts?
    }

    private final class Storage: Sendable {
        let values: Values
        init(_ values: Values) { self.values = values }
    }

    private var storage: Storage

    /// The text that ends a step and belongs to it.
    package var delimiter: String {
        get { storage.values.delimiter }
        set { change { $0.delimiter = newValue } }
    }
    package var tokens: TokenLimit {
        get { storage.values.tokens }
        set { change { $0.tokens = newValue } }
    }
    package var maxSteps: Int {
        get { storage.values.maxSteps }
        set { change { $0.maxSteps = newValue } }
    }
    /// How thoughts are marked; nil if nothing is known of them.
    package var thoughts: Thoughts? {
        get { storage.values.thoughts }
        set { change { $0.thoughts = newValue } }
    }

    package init(delimiter: String, tokens: TokenLimit, maxSteps: Int, thoughts: Thoughts? = nil) {
        storage = Storage(Values(delimiter: delimiter, tokens: tokens, maxSteps: maxSteps, thoughts: thoughts))
    }

    package init(delimiter: String, maxTokens: Int, maxSteps: Int) {
        self.init(delimiter: delimiter, tokens: .response(maxTokens), maxSteps: maxSteps)
    }

    private mutating func change(_ body: (inout Values) -> Void) {
        var values = storage.values
        body(&values)
        storage = Storage(values)
    }

    package static func == (left: Limits, right: Limits) -> Bool {
        left.storage === right.storage || left.storage.values == right.storage.values
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
