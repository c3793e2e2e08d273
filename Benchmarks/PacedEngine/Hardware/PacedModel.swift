/// What a model takes of a GPU.
package struct PacedModel: Sendable, Equatable {
    package var name: String
    package var parameters: Double
    /// Bytes of its weights.
    package var weights: Double
    /// Bytes of the cache for one token: layers × key-value heads × 128 × 2 (keys and values) × 2 bytes.
    package var cachePerToken: Double

    /// Qwen2.5-Math-1.5B and PRMs of its size: 28 layers, 2 key-value heads, BF16.
    package static let small = PacedModel(name: "1.5B", parameters: 1.54e9, weights: 3.09e9, cachePerToken: 28_672)
    /// Qwen2.5-Math-7B: 28 layers, 4 key-value heads, BF16.
    package static let medium = PacedModel(name: "7B", parameters: 7.62e9, weights: 15.2e9, cachePerToken: 57_344)
    /// The same in FP8 with embeddings in BF16, so that three models fit on 24 GB.
    package static let mediumFP8 = PacedModel(name: "7B-FP8", parameters: 7.62e9, weights: 8.7e9, cachePerToken: 57_344)
    /// Qwen2.5-Math-72B in 4 bits: 80 layers, 8 key-value heads.
    package static let large = PacedModel(name: "72B-AWQ", parameters: 72.7e9, weights: 41e9, cachePerToken: 327_680)

    package static let all = [small, medium, mediumFP8, large]
}
