import Decoding

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

/// Three models on GPUs: one for all, or one for each.
package struct PacedMachine: Sendable {
    package enum Devices: String, Sendable, CaseIterable { case one, three }

    package static let roles: [Role] = [.draft, .target, .prm]

    package var gpu: GPU
    package var devices: Devices
    package var models: [Role: PacedModel]
    /// Whether all models are in memory at the same time.
    package var isShared: Bool

    /// - Parameter models: of draft, target and PRM; nil for those of the first row of the paper's Table 2, the target in FP8
    ///   on 24 GB.
    package init(_ gpu: GPU, devices: Devices, models: [PacedModel]? = nil, isShared: Bool = true) {
        self.gpu = gpu
        self.devices = devices
        self.isShared = isShared
        let target = gpu.memory > 60e9 ? PacedModel.medium : .mediumFP8
        self.models = Dictionary(uniqueKeysWithValues: zip(Self.roles, models ?? [.small, target, .small]))
    }

    /// The part of the memory that vLLM uses (`gpu-memory-utilization`), and what each engine takes beside weights and cache.
    private static let (used, working) = (0.9, 1.6e9)

    /// Tokens that an engine's cache holds: what the weights leave, and engines that share a GPU have caches of equally many tokens.
    ///
    /// - Returns: 0 if the weights do not fit.
    package func cacheTokens(of role: Role) -> Int {
        guard let model = models[role] else { return 0 }
        let beside = devices == .one && isShared ? Array(models.values) : [model]
        let free = gpu.memory * Self.used - beside.reduce(0) { $0 + $1.weights + Self.working }
        return max(0, Int(free / beside.reduce(0) { $0 + $1.cachePerToken }))
    }

    package func limits(of role: Role) -> BatchScheduler.Limits {
        // Requests that score tokens never read the cache of prefixes (vLLM's `PoolingParams`).
        BatchScheduler.Limits(
            sequences: gpu.sequences, batchedTokens: gpu.batchedTokens,
            blocks: cacheTokens(of: role) / BatchScheduler.blockTokens, readsPrefixes: role != .prm)
    }

    package func cost(of role: Role) -> IterationCost {
        IterationCost(model: models[role] ?? .small, gpu: gpu)
    }

    /// Seconds from the start of a forked engine to its first response.
    package func start(of role: Role) -> Double {
        EngineTimes.fork + (models[role]?.weights ?? 0) / EngineTimes.loading + EngineTimes.graphs
    }

    /// Seconds to wake an engine whose weights are in the machine's memory.
    package func wake(of role: Role) -> Double { (models[role]?.weights ?? 0) / gpu.transfer }
}
