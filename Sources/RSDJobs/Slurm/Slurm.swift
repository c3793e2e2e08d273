import Foundation
import ModelLifecycle
import Support

/// Slurm's own commands, on this machine.
///
/// They are asked in an environment of their own: variables would change what they answer (`SQUEUE_STATES`), whom they cancel
/// (`SCANCEL_USER`), or which cluster they ask (`SLURM_CLUSTERS`).
package struct Slurm: Sendable {
    private let environment: SlurmEnvironment

    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = SlurmEnvironment(environment)
    }

    /// A job as sbatch tells of it.
    struct Submitted: Equatable {
        var id: String
        /// Where it is, if sbatch says so: it does where several clusters are asked.
        var cluster: String?
    }

    /// The configuration that names the cluster; nil for that of the machine.
    var configuration: String? { environment.variables["SLURM_CONF"] }

    /// What the environment says by itself of GPUs.
    package var namesGPUs: Bool { environment.namesGPUs }

    /// Submits a script.
    ///
    /// - Parameter options: go before what the environment says, as sbatch has it, and that before the script's own lines.
    /// - Throws: ``SlurmMissing``, ``SlurmRefusal``, `CancellationError`.
    func submit(_ script: URL, _ options: [String], as kind: SlurmEnvironment.Kind) async throws -> Submitted {
        let said = try await run(
            "sbatch", ["--parsable"] + options + [script.path], environment.submitting(kind))
        let jobs = said.split(separator: "\n").compactMap { $0.wholeMatch(of: /(\d+)(?:;(.*))?/) }
        guard let job = jobs.last else { throw SlurmRefusal(command: "sbatch", said: said) }
        return Submitted(id: String(job.1), cluster: job.2.flatMap { $0.isEmpty ? nil : String($0) })
    }

    /// The tasks of what was submitted that have not ended. Slurm forgets jobs some minutes after their end, and then there
    /// are none.
    package func queue(_ submission: Submission) async throws -> [SlurmTask] {
        let options = ["-h", "-r", "-j", submission.jobs.joined(separator: ","), "-o", SlurmTask.format]
        do {
            let said = try await ask("squeue", options, of: submission)
            return said.split(separator: "\n").compactMap { SlurmTask(String($0)) }
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            return []
        }
    }

    /// Cancels what was submitted; jobs that have ended are no error.
    package func cancel(_ submission: Submission) async throws {
        do {
            _ = try await ask("scancel", submission.jobs, of: submission)
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            // Slurm has forgotten one; the others are cancelled all the same.
        }
    }

    /// Whether there is a Slurm here.
    package var isHere: Bool { environment.path.program("squeue") != nil }

    /// Asks the cluster that has the jobs: on another one their ids are somebody else's.
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

/// Slurm's commands are not on this machine.
package struct SlurmMissing: ProgramError, Equatable {
    package var command: String
    package var explanation: Explanation {
        Explanation(
            "slurm-missing", .badJob, "there is no \(command) on PATH",
            remedy: "Submit from a login node of the cluster; --print shows the scripts without submitting them.")
    }
}
