import Decoding

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
