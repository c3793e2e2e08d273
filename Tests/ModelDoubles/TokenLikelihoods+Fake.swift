import Support

@testable import Decoding

extension TokenLikelihoods {
    /// As a model that knows nothing but the text might find its tokens.
    static func fake(of text: String, by role: Role, tokens: Int) -> TokenLikelihoods {
        let logprobs = (0..<tokens).map { place in
            var hash = StableHash()
            for part in ["likelihood", role.rawValue, text, "\(place)"] { hash.combine(part) }
            return -Float(hash.uniform) * 2
        }
        return TokenLikelihoods(
            logprobs: logprobs, entropies: logprobs.map { -$0 / 3 }, margins: logprobs.map { 1 + $0 / 4 })
    }
}

extension Likelihood {
    /// - Parameter tokens: of a text.
    static func fake(_ wanted: LikelihoodRequest, tokens: (String) -> Int) -> Likelihood {
        Likelihood(
            role: wanted.role,
            steps: wanted.steps.indices.dropFirst(wanted.first).map { index in
                let isEnd = wanted.isEnded && index == wanted.steps.count - 1
                return .fake(
                    of: wanted.steps[index], by: wanted.role, tokens: tokens(wanted.steps[index]) + (isEnd ? 1 : 0))
            }, promptTokens: wanted.steps.reduce(3) { $0 + tokens($1) }, candidate: wanted.candidate)
    }
}
