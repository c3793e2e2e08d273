import Foundation
import ModelLifecycle

/// What Slurm's commands may see of the environment. It speaks to them in the user's name (`SBATCH_ACCOUNT`), but it must not
/// make something else of what is asked.
struct SlurmEnvironment: Sendable {
    /// What is submitted.
    enum Kind {
        /// - statesGPUs: the options say how many GPUs there are.
        case shards(statesGPUs: Bool)
        /// The job that merges the shards, one of its own that needs a processor.
        case merge
    }

    let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    var path: SearchPath { SearchPath(variables) }

    /// For squeue and scancel, which are told all that they need to know.
    ///
    /// - Parameter configuration: the SLURM_CONF of the submission; nil leaves it as it is now.
    func asking(configuration: String?) -> [String: String] {
        var kept = variables.filter { name, _ in
            name != "SLURM_CLUSTERS" && !["SQUEUE_", "SCANCEL_"].contains(where: name.hasPrefix)
        }
        if let configuration { kept["SLURM_CONF"] = configuration }
        return kept
    }

    /// For sbatch: without what would keep it from answering at once or take the logs elsewhere, and without what a job that
    /// this is called from has been told of itself.
    func submitting(_ kind: Kind) -> [String: String] {
        variables.filter { name, _ in
            !Self.neverSubmitted.contains(name) && !["SLURM_JOB", "SLURM_ARRAY_"].contains(where: name.hasPrefix)
                && Self.isOf(kind, name)
        }
    }

    /// Whether it asks for GPUs by itself.
    var namesGPUs: Bool {
        variables.contains { name, value in !value.isEmpty && Self.isAboutGPUs(name) }
    }

    private static let neverSubmitted: Set<String> = [
        "SBATCH_WAIT", "SBATCH_TEST_ONLY", "SBATCH_ERROR", "SBATCH_INPUT", "SLURM_RESTART_COUNT",
    ]

    private static func isOf(_ kind: Kind, _ name: String) -> Bool {
        switch kind {
        case .shards(let statesGPUs): !(statesGPUs && isAboutGPUs(name))
        case .merge: !isAboutGPUs(name) && name != "SBATCH_ARRAY_INX" && name != "SBATCH_EXCLUSIVE"
        }
    }

    /// `SBATCH_GRES` names GPUs, with their kind, wherever GPUs are what a cluster has of generic resources.
    private static func isAboutGPUs(_ name: String) -> Bool {
        ["SBATCH_GPUS", "SBATCH_GRES", "SBATCH_CPUS_PER_GPU", "SBATCH_MEM_PER_GPU"].contains(where: name.hasPrefix)
    }
}
