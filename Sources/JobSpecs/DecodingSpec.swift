import Decoding

package struct DecodingSpec: Sendable, Equatable {
    package var delimiter: String
    package var tokens: TokenLimit
    package var maxSteps: Int
    package var temperature: Double
    package var topP: Double
    package var lookahead: Lookahead

    /// The largest number of tokens of an uncut response.
    package var maxTokens: Int { tokens.count }
    package var sampling: Sampling { Sampling(temperature: temperature, topP: topP) }
}
