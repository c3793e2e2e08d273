import Decoding

package struct DecodingSpec: Sendable, Equatable {
    package var delimiter: String
    package var tokens: TokenLimit
    package var maxSteps: Int
    package var temperature: Double
    package var topP: Double
    package var lookahead: Lookahead

    /// Tokens of a response that is not cut, at most.
    package var maxTokens: Int { tokens.count }
    package var sampling: Sampling { Sampling(temperature: temperature, topP: topP) }
}
