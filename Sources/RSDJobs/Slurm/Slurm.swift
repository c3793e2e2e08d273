import Foundation
import ModelLifecycle
import Support

/// Slurm's commands on this machine.
///
/// They run in a cleaned environment: variables could change their output (`SQUEUE_STATES`), the user whose jobs are cancelled
/// (`SCANCEL_USER`), or the cluster (`SLURM_CLUSTERS`).
package struct Slurm: Sendable {
    private let environment: SlurmEnvironment

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = SlurmEnvironment(environment)
    }

    /// A submitted job, from sbatch's output.
    struct Submitted: Equatable {
        var id: String
        /// The cluster, if sbatch names it: it does with several clusters.
        var cluster: String?
    }

    /// Path of the Slurm configuration; nil for the machine's default.
    var configuration: String? { environment.variables["SLURM_CONF"] }

    /// Whether the environment requests GPUs by itself.
    package var namesGPUs: Bool { environment.namesGPUs }

    /// Submits a script.
    ///
    /// - Parameter options: override the environment, which overrides the script's own lines, as with sbatch.
    /// - Throws: ``SlurmMissing``, ``SlurmRefusal``, `CancellationError`.
    func submit(_ script: URL, _ options: [String], as kind: SlurmEnvironment.Kind) async throws -> Submitted {
        let said = try await run(
            "sbatch", ["--parsable"] + options + [script.path], environment.submitting(kind))
        let jobs = said.split(separator: "\n").compactMap { $0.wholeMatch(of: /(\d+)(?:;(.*))?/) }
        guard let job = jobs.last else { throw SlurmRefusal(command: "sbatch", said: said) }
        return Submitted(id: String(job.1), cluster: job.2.flatMap { $0.isEmpty ? nil : String($0) })
    }

    /// The unfinished tasks of a submission. Slurm forgets jobs some minutes after their end, and then there are none.
    package func queue(_ submission: Submission) async throws -> [SlurmTask] {
        let options = ["-h", "-r", "-j", submission.jobs.joined(separator: ","), "-o", SlurmTask.format]
        do {
            let said = try await ask("squeue", options, of: submission)
            return said.split(separator: "\n").compactMap { SlurmTask(String($0)) }
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            return []
        }
    }

    /// Cancels a submission; finished jobs are no error.
    package func cancel(_ submission: Submission) async throws {
        do {
            _ = try await ask("scancel", submission.jobs, of: submission)
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            // Slurm has forgotten one; the others are cancelled all the same.
        }
    }

    /// Whether Slurm is available on this machine.
    package var isHere: Bool { environment.path.program("squeue") != nil }

    /// Runs a command against the cluster that has the jobs: on another one, their ids belong to other jobs.
    private func ask(_ command: String, _ arguments: [String], of submission: Submission) async throws -> String {
        let cluster = submission.cluster.map { ["--clusters=\($0)"] } ?? []
        return try await run(
            command, cluster + arguments, environment.asking(configuration: submission.configuration))
    }

    private func run(
        _ command: String, _ arguments: [String], _ variables: [String: String]
    ) async throws -> String {
        guard let path = environment.path.program(command) else { throw SlurmMissing(command: command) }
        let output: CommandOutput
        do {
            output = try await CommandOutput.run(path, arguments, environment: variables)
        } catch let error as SpawnError {
            throw SlurmRefusal(command: command, said: "\(error)")
        }
        guard output.status == .exited(code: 0) else { throw SlurmRefusal(command: command, said: output.text) }
        return output.text
    }
}

/// Slurm's commands are not installed on this machine.
package struct SlurmMissing: ProgramError, Equatable {
    package var command: String
    package var explanation: Explanation {
        Explanation(
            "slurm-missing", .badJob, "\(command) is not on PATH",
            remedy: "Submit from a login node of the cluster; --print prints the scripts without submitting them.")
    }
}
