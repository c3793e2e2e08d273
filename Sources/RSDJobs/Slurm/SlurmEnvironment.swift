import Foundation
import ModelLifecycle

/// The environment for Slurm's commands. The user's defaults apply (`SBATCH_ACCOUNT`), except those that would change the meaning
/// of the request.
struct SlurmEnvironment: Sendable {
    /// What is submitted.
    enum Kind {
        /// - statesGPUs: whether the options give the number of GPUs.
        case shards(statesGPUs: Bool)
        /// The merge job, which needs no GPU.
        case merge
    }

    let variables: [String: String]

    init(_ variables: [String: String]) {
        self.variables = variables
    }

    var path: SearchPath { SearchPath(variables) }

    /// For squeue and scancel, which get all they need as arguments.
    ///
    /// - Parameter configuration: SLURM_CONF at the submission; nil keeps the current one.
    func asking(configuration: String?) -> [String: String] {
        var kept = variables.filter { name, _ in
            name != "SLURM_CLUSTERS" && !["SQUEUE_", "SCANCEL_"].contains(where: name.hasPrefix)
        }
        if let configuration { kept["SLURM_CONF"] = configuration }
        return kept
    }

    /// For sbatch: without variables that would keep it from returning at once or redirect the logs, and without those of a job that
    /// this process itself runs in.
    func submitting(_ kind: Kind) -> [String: String] {
        variables.filter { name, _ in
            !Self.neverSubmitted.contains(name) && !["SLURM_JOB", "SLURM_ARRAY_"].contains(where: name.hasPrefix)
                && Self.isOf(kind, name)
        }
    }

    /// Whether it requests GPUs by itself.
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

    /// `SBATCH_GRES` counts as a GPU request, since GPUs are the usual generic resource.
    private static func isAboutGPUs(_ name: String) -> Bool {
        ["SBATCH_GPUS", "SBATCH_GRES", "SBATCH_CPUS_PER_GPU", "SBATCH_MEM_PER_GPU"].contains(where: name.hasPrefix)
    }
}
