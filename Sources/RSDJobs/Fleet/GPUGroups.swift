import JobSpecs
import ModelLifecycle
import Support

/// The GPUs of a machine, divided into groups that a shard each can run on.
package struct GPUGroups: Sendable, Equatable {
    /// The UUIDs of each group's GPUs.
    package let groups: [[String]]

    /// - Parameter size: GPUs that the job's engines need.
    /// - Throws: ``NoGPUForShard``.
    init(_ devices: [GPUDevice], size: Int) throws(NoGPUForShard) {
        let size = max(1, size)
        guard devices.count >= size else { throw NoGPUForShard(found: devices.count, needed: size) }
        groups = stride(from: 0, through: devices.count - size, by: size).map { first in
            devices[first..<first + size].map(\.uuid)
        }
    }

    /// The groups of the GPUs that the job's engines see here.
    ///
    /// - Throws: ``NoGPUForShard``, `GPUUnmeasurable`.
    package static func here(for job: LoadedJob) async throws -> GPUGroups {
        let devices = try await GPUProbe(environment: job.spec.engine.environment).devices()
        return try GPUGroups(devices, size: job.spec.gpus)
    }
}

/// `--shards gpus` on a machine without enough GPUs.
package struct NoGPUForShard: ProgramError, Equatable {
    package var found: Int
    package var needed: Int

    package init(found: Int, needed: Int) {
        self.found = found
        self.needed = needed
    }

    package var explanation: Explanation {
        Explanation(
            "no-gpu-for-shard", .engine,
            found == 0
                ? "no NVIDIA GPU is visible here, so there is none to run a shard on"
                : "a shard needs \(counted(needed, "GPU")), and \(found) \(found == 1 ? "is" : "are") visible here",
            remedy: "Run the job without --shards, or on a machine with more GPUs (see CUDA_VISIBLE_DEVICES).")
    }
}
