import JobSpecs

/// What a submission asks Slurm for.
package struct SlurmRequest: Sendable, Equatable {
    package var shards: Int
    package var partition: String?
    /// As Slurm writes it, `2:00:00` or `1-12`; nil is the partition's own limit.
    package var time: String?
    /// Of each shard, `0` for none; nil leaves it to the options and the environment.
    package var gpus: String?
    /// Shards at work at the same time, at most.
    package var arrayLimit: Int?
    /// Further options of sbatch, as they are.
    package var options: [String]

    package init(
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
    package var namesGPUs: Bool {
        options.contains { $0.hasPrefix("--gpus") || $0.hasPrefix("--gres") || $0.hasPrefix("-G") }
    }
}

extension LoadedJob {
    /// Whether its engines run on GPUs as far as the job tells: vLLM's build for processors asks for none.
    package var wantsGPU: Bool { spec.engine.kind.usesGPU && spec.engine.residency != .attach }
}
