/// How likely a model found each token of a step that it wrote or read.
///
/// Natural logarithms of the model's own probabilities, before temperature and `top_p`, as 32-bit floats, which is what engines
/// compute them in. The token that ends a response counts as one of its last step.
package final class TokenLikelihoods: Sendable {
    /// Log-probability of each token.
    package let logprobs: [Float]
    /// At each token, the entropy of the likeliest tokens in nats, their probabilities scaled to a sum of 1; nil unless
    /// asked for.
    package let entropies: [Float]?
    /// At each token, the probability of the likeliest token minus that of the second; nil unless asked for.
    package let margins: [Float]?

    package init(logprobs: [Float], entropies: [Float]? = nil, margins: [Float]? = nil) {
        self.logprobs = logprobs
        self.entropies = entropies
        self.margins = margins
    }

    /// Log-probability of all tokens together.
    package var sum: Double { logprobs.reduce(0) { $0 + Double($1) } }
}

extension TokenLikelihoods: Equatable {
    package static func == (left: TokenLikelihoods, right: TokenLikelihoods) -> Bool {
        left.logprobs == right.logprobs && left.entropies == right.entropies && left.margins == right.margins
    }
}

extension TokenLikelihoods: Codable {
    private enum CodingKeys: String, CodingKey {
        case logprobs, entropies, margins
    }

    package convenience init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        func floats(_ key: CodingKeys) throws -> [Float]? {
            try fields.decodeIfPresent([Double].self, forKey: key).map { $0.map(Float.init) }
        }
        self.init(
            logprobs: try fields.decode([Double].self, forKey: .logprobs).map(Float.init),
            entropies: try floats(.entropies), margins: try floats(.margins))
    }

    package func encode(to encoder: any Encoder) throws {
        // As doubles with the digits of the floats, which all decoders read alike.
        func short(_ floats: [Float]) -> [Double] { floats.map { Double("\($0)") ?? Double($0) } }
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(short(logprobs), forKey: .logprobs)
        try fields.encodeIfPresent(entropies.map(short), forKey: .entropies)
        try fields.encodeIfPresent(margins.map(short), forKey: .margins)
    }
}
