/// One iteration of an engine.
package struct Batch: Sendable, Equatable {
    package var sequences = 0
    /// Tokens that are computed: one for each sequence that writes, a chunk for each whose prompt is read.
    package var tokens = 0
    /// Tokens in the cache that are read.
    package var contextTokens = 0
    /// Whether no more sequences could run: as many as the engine runs at all, all tokens of an iteration, or no more room in the cache.
    package var isSaturated = false

    package init(sequences: Int = 0, tokens: Int = 0, contextTokens: Int = 0, isSaturated: Bool = false) {
        self.sequences = sequences
        self.tokens = tokens
        self.contextTokens = contextTokens
        self.isSaturated = isSaturated
    }
}
