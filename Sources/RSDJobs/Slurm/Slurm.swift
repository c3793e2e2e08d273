import Foundation
import ModelLifecycle

/// Slurm's own commands, on this machine.
public struct Slurm: Sendable {
    private let environment: [String: String]

    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// Submits a script.
    ///
    /// - Returns: the job's id.
    /// - Throws: ``SlurmMissing``, ``SlurmRefusal``, `CancellationError`.
    public func submit(_ script: URL, _ options: [String] = []) async throws -> String {
        let said = try await run("sbatch", ["--parsable"] + options + [script.path])
        let ids = said.split(separator: "\n").compactMap { $0.wholeMatch(of: /(\d+)(?:;.*)?/).map { String($0.1) } }
        guard let id = ids.last else { throw SlurmRefusal(command: "sbatch", said: said) }
        return id
    }

    /// The tasks of these jobs that have not ended. Slurm forgets jobs some minutes after their end, and then there are none.
    public func queue(_ jobs: [String]) async throws -> [SlurmTask] {
        do {
            let said = try await run("squeue", ["-h", "-r", "-j", jobs.joined(separator: ","), "-o", SlurmTask.format])
            return said.split(separator: "\n").compactMap { SlurmTask(String($0)) }
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            return []
        }
    }

    /// Cancels jobs; those that have ended are no error.
    public func cancel(_ jobs: [String]) async throws {
        do {
            _ = try await run("scancel", jobs)
        } catch let refusal as SlurmRefusal where refusal.said.contains("Invalid job id") {
            // Slurm has forgotten one; the others are cancelled all the same.
        }
    }

    /// Whether there is a Slurm here.
    public var isHere: Bool { SearchPath(environment).program("squeue") != nil }

    private func run(_ command: String, _ arguments: [String]) async throws -> String {
        guard let path = SearchPath(environment).program(command) else { throw SlurmMissing(command: command) }
        let output = try await CommandOutput.run(path, arguments, environment: environment)
        guard output.status == .exited(code: 0) else { throw SlurmRefusal(command: command, said: output.text) }
        return output.text
    }
}

/// Slurm's commands are not on this machine.
public struct SlurmMissing: Error, Equatable, CustomStringConvertible {
    public var command: String
    public var description: String {
        "there is no \(command) on PATH: submit from a login node of the cluster; --print shows the scripts without submitting them"
    }
}
