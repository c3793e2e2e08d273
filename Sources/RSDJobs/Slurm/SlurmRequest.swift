import JobSpecs
import Support

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

extension SlurmRequest {
    /// Checks that a task gets the GPUs over which the job spreads a model, as far as the request says how many it gets. Without a
    /// request for GPUs, the cluster may leave them to whoever is there.
    ///
    /// - Throws: ``TooFewGPUs``.
    package func checkGPUs(for job: LoadedJob) throws(TooFewGPUs) {
        guard job.wantsGPU, job.spec.gpus > 1, let asked = askedGPUs, (1..<job.spec.gpus).contains(asked)
        else { return }
        throw TooFewGPUs(asked: asked, needed: job.spec.gpus)
    }

    /// The number of GPUs of a task; nil if the request does not say so in a form that is known.
    var askedGPUs: Int? {
        if let gpus { return Self.count(gpus) }
        let values = options.compactMap { option in
            ["--gpus=", "--gpus-per-node=", "--gpus-per-task=", "--gres=gpu:", "--gres=gpu", "-G"].first(
                where: option.hasPrefix
            ).map { String(option.dropFirst($0.count)) }
        }
        return values.last.flatMap(Self.count)
    }

    /// Several GPUs must be on one node: by themselves, they may be on any.
    var nodes: [String] {
        let isStated = options.contains { $0.hasPrefix("--nodes") || $0.hasPrefix("-N") }
        return isStated || askedGPUs ?? 1 < 2 ? [] : ["--nodes=1"]
    }

    /// The number in `4`, `a100:4` or `a100`, which is one.
    private static func count(_ text: String) -> Int? {
        let last = text.split(separator: ":").last.map(String.init) ?? "1"
        return Int(last) ?? (last.contains { ",( ".contains($0) } ? nil : 1)
    }
}

/// A submission asks for fewer GPUs than the job spreads a model over.
package struct TooFewGPUs: ProgramError, Equatable {
    package var asked: Int
    package var needed: Int

    package var explanation: Explanation {
        Explanation(
            "too-few-gpus", .badJob, "the job spreads a model over \(needed) GPUs, and a task would get \(asked)",
            remedy: "Submit it with --gpus \(needed), or without --gpus, or lower `tensor-parallel-size`, "
                + "`pipeline-parallel-size` or `data-parallel-size` in `args`.")
    }
}
