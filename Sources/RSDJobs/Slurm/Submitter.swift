import Foundation
import JobSpecs
import Reporting
import RunStore
import Support

/// Submits runs in shards to Slurm.
package struct Submitter: Sendable {
    package let job: LoadedJob
    package let run: ShardedRun
    package let request: SlurmRequest
    private let slurm: Slurm
    private let program: String
    private let notify: String?

    /// - Parameters:
    ///   - program: absolute path of this program.
    ///   - notify: the user's shell command for the end of the merge.
    /// - Throws: ``TooManyShards``.
    package init(
        _ job: LoadedJob, in parent: RunDirectory, request: SlurmRequest, program: String, notify: String? = nil,
        slurm: Slurm = Slurm()
    ) throws(TooManyShards) {
        if let first = Shard.all(request.shards).first { _ = try job.part(first) }
        run = ShardedRun(parent)
        // Shards that were begun keep the rules that they were begun with, and so do the others.
        self.job = job.following(run.beginning)
        self.request = request
        self.program = program
        self.notify = notify
        self.slurm = slurm
    }

    /// The scripts for these shards.
    package func scripts(for shards: [Int]) -> BatchScript {
        var scripts = BatchScript(
            name: job.spec.name, program: program, directory: run.parent.url.path, request: request, shards: shards,
            spec: (job.spec.hasSecrets ? run.parent.submittedJob : run.parent.job).lastPathComponent)
        scripts.notify = notify
        return scripts
    }

    /// The numbers of the unfinished shards.
    ///
    /// - Throws: ``ShardsMixed``, ``SpecChanged`` if a shard was begun with another job, or an error from reading a
    ///   shard.
    package func unfinished() throws -> [Int] {
        let shards = Shard.all(request.shards)
        if let first = shards.first { try ShardedRun.check(run.directory(of: first), isFor: first) }
        return try shards.filter { shard in
            let directory = run.directory(of: shard)
            guard let manifest = try Manifest.read(directory.manifest) else { return true }
            let changes = manifest.changes(to: job)
            guard changes.isEmpty else { throw SpecChanged(directory: directory.url.path, changes: changes) }
            let run = try StoredRun(directory)
            return run.trajectories.finishedCount < run.trajectories.count
        }.map(\.index)
    }

    /// Writes the current spec to the run directory, since a later edit would make another job. The merge uses its grader.
    package func keepSpec() throws {
        let parent = run.parent
        try Folder.make(parent.url.path)
        try AtomicFile.write(Data(job.spec.withoutSecrets.renderYAML().utf8), to: parent.job)
        // Only the tasks need all of it.
        if job.spec.hasSecrets {
            try AtomicFile.write(Data(job.spec.renderYAML().utf8), to: parent.submittedJob, mode: 0o600)
        } else {
            unlink(parent.submittedJob.path)
        }
    }

    /// Writes the scripts and submits them: an array, and a merge job that runs when the array has ended.
    ///
    /// - Parameter shards: not empty.
    /// - Returns: the submission, and the error if the merge could not be submitted.
    /// - Throws: ``StillQueued``, ``SlurmMissing``, ``SlurmRefusal``, ``FileFailure``.
    package func submit(_ shards: [Int]) async throws -> (submission: Submission, mergeRefusal: SlurmRefusal?) {
        let parent = run.parent
        if let earlier = try Submission.read(in: parent) {
            let tasks = try await slurm.queue(earlier)
            guard tasks.isEmpty else { throw StillQueued(directory: parent.url.path, tasks: tasks) }
        }
        // Slurm does not start a job whose output directory is missing, and does not report it.
        try Folder.make(parent.url.path)
        try parent.makeLogs(isPrivate: job.spec.hasSecrets)
        try keepSpec()
        let scripts = scripts(for: shards)
        try AtomicFile.write(Data(scripts.array.utf8), to: parent.arrayScript)
        try AtomicFile.write(Data(scripts.merge.utf8), to: parent.mergeScript)
        let array = try await slurm.submit(
            parent.arrayScript, scripts.arrayOptions, as: .shards(statesGPUs: request.statesGPUs))
        var submission = Submission(
            array: array.id, merge: nil, shards: request.shards, submitted: shards, at: Date().formatted(.iso8601),
            cluster: array.cluster, configuration: slurm.configuration,
            models: job.spec.pins.sorted { $0.key < $1.key }.map(\.value),
            thresholds: job.thresholds.isEmpty ? nil : job.thresholds)
        try AtomicFile.write(json: submission, to: parent.submission)
        do {
            // A dependency works only within one cluster.
            let cluster = submission.cluster.map { ["--clusters=\($0)"] } ?? []
            submission.merge = try await slurm.submit(
                parent.mergeScript,
                scripts.mergeOptions + cluster + ["--dependency=afterany:\(array.id)", "--kill-on-invalid-dep=yes"],
                as: .merge
            ).id
            try AtomicFile.write(json: submission, to: parent.submission)
            return (submission, nil)
        } catch let refusal as SlurmRefusal {
            return (submission, refusal)
        }
    }

    /// Slurm's reason, right after a submission, if the tasks will never start as they are.
    package func neverStarting(_ submission: Submission) async throws -> SlurmWaiting? {
        for _ in 0..<10 {
            let tasks = try await slurm.queue(submission).filter { $0.job == submission.array }
            let waiting = tasks.compactMap(\.waiting)
            if let never = waiting.first(where: \.isForGood) { return never }
            // The scheduler considers a job within a second or two.
            if tasks.allSatisfy({ $0.state != "PENDING" || $0.reason != "None" }) { return nil }
            try await Task.sleep(for: .milliseconds(300))
        }
        return nil
    }
}

/// An earlier submission has not ended.
package struct StillQueued: ProgramError, Equatable {
    package var directory: String
    package var tasks: [SlurmTask]

    package var explanation: Explanation {
        let states = Dictionary(grouping: tasks, by: \.state).mapValues(\.count).sorted { $0.key < $1.key }
            .map { "\($0.value) \($0.key.lowercased())" }.joined(separator: ", ")
        let jobs = Set(tasks.map(\.job)).sorted().joined(separator: " and ")
        return Explanation(
            "still-queued", .directoryTaken,
            "an earlier submission for \(directory) is still in Slurm's queue (\(jobs): \(states))",
            remedy: "`rsd-batch status` shows its progress, `rsd-batch cancel` cancels it.")
    }
}
