import Foundation

/// How likely a token was where it stands, and which ones were likeliest there.
struct TokenProbability: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var token: Int
        /// Natural logarithm of the model's own probability, before temperature and `top_p`.
        var logprob: Float
        /// 1 for the likeliest.
        var rank: Int
    }

    var own: Entry
    /// In order; equal ones by id.
    var likeliest: [Entry]

    /// - Parameters:
    ///   - count: number of likeliest tokens, at least 0.
    ///   - logits: [vocabularySize].
    init(of token: Int, among logits: UnsafeBufferPointer<Float>, likeliest count: Int) {
        let top = logits.max() ?? 0
        let total = logits.reduce(0.0) { $0 + exp(Double($1 - top)) }
        func entry(_ token: Int, _ rank: Int) -> Entry {
            Entry(token: token, logprob: Float(Double(logits[token] - top) - log(total)), rank: rank)
        }
        own = entry(token, 1 + logits.count { $0 > logits[token] })
        let order = count > 0 ? logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) } : []
        likeliest = order.prefix(count).enumerated().map { entry($1, $0 + 1) }
    }

    /// The token itself and the likeliest, each once.
    var all: [Entry] { [own] + likeliest.filter { $0.token != own.token } }
}
