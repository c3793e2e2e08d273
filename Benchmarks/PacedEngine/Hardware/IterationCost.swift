/// Seconds that an iteration takes.
package struct IterationCost: Sendable, Equatable {
    package var model: PacedModel
    package var gpu: GPU

    package init(model: PacedModel, gpu: GPU) {
        self.model = model
        self.gpu = gpu
    }

    /// On the GPU: reading weights and caches, or computing the tokens, whichever takes longer.
    package func device(_ batch: Batch) -> Double {
        max(
            (model.weights + Double(batch.contextTokens) * model.cachePerToken) / gpu.bandwidth,
            Double(batch.tokens) * perToken)
    }

    /// In the engine's own process; overlaps the GPU's work.
    package func host(_ batch: Batch) -> Double {
        EngineTimes.perIteration + Double(batch.sequences) * EngineTimes.perSequence
    }

    /// Seconds to compute one token.
    package var perToken: Double { 2 * model.parameters / gpu.compute }

    /// The number of tokens from which computing them takes as long as reading the weights: with fewer, each token costs more.
    package var fullTokens: Int { Int((model.weights / gpu.bandwidth / perToken).rounded(.up)) }

    /// Whether more sequences would have made no token cheaper, or could not have run.
    package func isFull(_ batch: Batch) -> Bool { batch.isSaturated || batch.tokens >= fullTokens }

    /// Seconds of the GPU for each token that is written with `sequences` at once.
    ///
    /// - Parameter context: mean number of tokens before it.
    package func perWrittenToken(sequences: Int, context: Double) -> Double {
        let tokens = max(1, sequences)
        return device(Batch(sequences: tokens, tokens: tokens, contextTokens: Int(context * Double(tokens))))
            / Double(tokens)
    }
}
