/// What a submission asks Slurm for.
public struct SlurmRequest: Sendable, Equatable {
    public var shards: Int
    public var partition: String?
    /// As Slurm writes it, `2:00:00` or `1-12`; nil is the partition's own limit.
    public var time: String?
    /// Of each shard, `0` for none; nil leaves it to the options and the environment.
    public var gpus: String?
    /// Shards at work at the same time, at most.
    public var arrayLimit: Int?
    /// Further options of sbatch, as they are.
    public var options: [String]

    public init(
        shards: Int, partition: String? = nil, time: String? = nil, gpus: String? = nil, arrayLimit: Int? = nil,
        options: [String] = []
    ) {
        self.shards = shards
        self.partition = partition
        self.time = time
        self.gpus = gpus
        self.arrayLimit = arrayLimit
        self.options = options
    }

    /// Whether it says how many GPUs a shard has, so that what the environment says of them does not count.
    var statesGPUs: Bool { gpus != nil || namesGPUs }

    /// Whether the options ask for GPUs in words of their own.
    public var namesGPUs: Bool {
        options.contains { $0.hasPrefix("--gpus") || $0.hasPrefix("--gres") || $0.hasPrefix("-G") }
    }
}

extension LoadedJob {
    /// Whether its engines run on GPUs as far as the job tells: vLLM's build for processors asks for none.
    public var wantsGPU: Bool { spec.engine.kind == .vllm && spec.engine.residency != .attach }
}
