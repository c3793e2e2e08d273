/// The largest numbers that a spec may contain: larger than any real run needs, small enough for safe arithmetic.
package enum SpecLimit {
    /// Tokens, steps and records.
    package static let tokens = 1_000_000_000
    /// Requests, samples and candidates.
    package static let requests = 65_536
    /// Weights of a model.
    package static let weights = 1e15
}
