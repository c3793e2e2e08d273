import JobSpecs

/// The Slurm settings of a submission.
package struct SlurmRequest: Sendable, Equatable {
    package var shards: Int
    package var partition: String?
    /// In Slurm's format, `2:00:00` or `1-12`; nil for the partition's limit.
    package var time: String?
    /// GPUs per shard, `0` for none; nil leaves it to the options and the environment.
    package var gpus: String?
    /// Maximum number of shards that run at the same time.
    package var arrayLimit: Int?
    /// Further options for sbatch, passed unchanged.
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

    /// Whether it sets the number of GPUs, which overrides the environment.
    var statesGPUs: Bool { gpus != nil || namesGPUs }

    /// Whether the options request GPUs.
    package var namesGPUs: Bool {
        options.contains { $0.hasPrefix("--gpus") || $0.hasPrefix("--gres") || $0.hasPrefix("-G") }
    }
}

extension LoadedJob {
    /// Whether the job's engines use GPUs, unless the installed vLLM is a CPU build.
    package var wantsGPU: Bool { spec.engine.kind.usesGPU && spec.engine.residency != .attach }
}
