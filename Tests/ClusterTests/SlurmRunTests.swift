import Foundation
import RunStore
import RunnerSupport
import Support
import Testing

/// Runs in shards on a real Slurm: submitted, disturbed in all ways that a cluster knows, and merged.
@Suite("Runs on a real Slurm", .onCluster, .serialized) struct SlurmRunTests {
    @Test("four shards and the merge behind them give what the undivided job gives")
    func merged() async throws {
        let job = try RunnerJob(ClusterJob())
        let submission = try await job.submit(4)
        try await job.end(submission)
        try await job.expectWhole(4)
        let status = try await job.command(["status", job.directory.url.path], environment: Cluster.environment)
        #expect(status.output.contains("done"), "\(status.output)\(status.messages)")
    }

    @Test("a warning in any phase: the shard is requeued, and goes on", arguments: ["draft", "prm", "target"])
    func warned(phase: String) async throws {
        let job = try RunnerJob(ClusterJob(delay: 100))
        let submission = try await job.submit(2)
        try await job.wait("an answer of \(phase)") { job.progress(ofShard: 1, of: 2).engine == phase }
        try await job.slurm("scancel", "-b", "-s", "USR1", "\(submission.array)_1")
        try await job.end(submission)
        try await job.expectWhole(2)
        #expect(job.logs.contains("shard 1 resumes when Slurm starts it again"), "\(job.logs)")
    }

    @Test("a shard that somebody requeues goes on")
    func requeued() async throws {
        let job = try RunnerJob(ClusterJob(delay: 100))
        let submission = try await job.submit(2)
        try await job.wait("some answers") { job.progress(ofShard: 2, of: 2).answers >= 3 }
        // Not by its array's id alone: Slurm would requeue all tasks.
        try await job.slurm("scontrol", "requeue", "\(submission.array)_2")
        try await job.end(submission)
        try await job.expectWhole(2)
    }

    @Test("a shard whose time is over is requeued and goes on")
    func timeout() async throws {
        let job = try RunnerJob(ClusterJob(delay: 3000))
        let submission = try await job.submit(2)
        try await job.wait("some answers") { job.progress(ofShard: 1, of: 2).answers >= 2 }
        try await job.slurm("scontrol", "update", "jobid=\(submission.array)_1", "EndTime=now")
        try await job.wait("the time limit") { job.logs.contains("DUE TO TIME LIMIT") }
        try await job.end(submission)
        try await job.expectWhole(2)
    }

    @Test("the node's daemon is killed and comes back")
    func daemonKilled() async throws {
        let job = try RunnerJob(ClusterJob(delay: 100))
        let submission = try await job.submit(2)
        try await job.wait("a holder") { LockInspector.now(try job.shard(1, of: 2).lock) != nil }
        let node = try #require(LockInspector.now(try job.shard(1, of: 2).lock)?.holder.host)
        kill(try Cluster.daemon(of: node), SIGKILL)
        try await Cluster.up(job.scratch)
        try await job.end(submission)
        try await job.expectWhole(2)
    }

    @Test("a node that Slurm gives up while its task runs on: the task's second start waits for the first")
    func nodeGivenUp() async throws {
        let job = try RunnerJob(ClusterJob(delay: 1000))
        let submission = try await job.submit(2)
        try await job.wait("a holder") { LockInspector.now(try job.shard(1, of: 2).lock) != nil }
        let node = try #require(LockInspector.now(try job.shard(1, of: 2).lock)?.holder.host)
        let daemon = try Cluster.daemon(of: node)
        kill(daemon, SIGKILL)
        try await job.slurm("scontrol", "update", "nodename=\(node)", "state=down", "reason=test")
        try await job.end(submission)
        try await Cluster.up(job.scratch)
        try await job.expectWhole(2)
        #expect(job.logs.contains(/process \d+ on \w+ is working on this run; waiting for it to end/), "\(job.logs)")
    }

    @Test("cancelled: nothing comes back by itself, and submitting again goes on")
    func cancelled() async throws {
        let job = try RunnerJob(ClusterJob(delay: 100))
        let submission = try await job.submit(2)
        try await job.wait("some answers") { job.progress(ofShard: 1, of: 2).answers >= 3 }
        let cancel = try await job.command(["cancel", job.directory.url.path], environment: Cluster.environment)
        #expect(cancel.code == 0, "\(cancel.messages)")
        try await job.end(submission)
        try job.expectNoEngine(2)
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))
        try await job.end(try await job.submit(2))
        try await job.expectWhole(2)
    }

    @Test("a shard that fails for good: the merge says which and how to go on")
    func failing() async throws {
        let job = try RunnerJob(ClusterJob())
        let obstacle = try job.shard(2, of: 2).journal.deletingLastPathComponent()
        try Folder.make(obstacle.deletingLastPathComponent().path)
        try Data().write(to: obstacle)
        try await job.end(try await job.submit(2))
        #expect(job.logs.contains("shard-2-of-2 was never started"), "\(job.logs)")
        #expect(job.logs.contains("--shard 2/2"), "\(job.logs)")
        try FileManager.default.removeItem(at: obstacle)
        let submission = try await job.submit(2)
        #expect(submission.submitted == [2])
        try await job.end(submission)
        try await job.expectWhole(2)
    }

    @Test(
        "what Slurm refuses is a sentence with a next step",
        arguments: [
            (["--partition", "nosuch"], "sinfo -s"), (["--gpus", "9"], "--gpus"), (["--time", "soon"], "1-12"),
            (["--sbatch", "--nosuchoption"], "sbatch --help"), (["--sbatch=--gres=fpga:1"], "--gres=NAME:1"),
        ])
    func refused(options: [String], next: String) async throws {
        let job = try RunnerJob(ClusterJob())
        let refusal = await #expect(throws: ProgramFailed.self) { try await job.submit(2, options) }
        #expect(refusal?.description.contains(next) == true, "\(refusal?.description ?? "")")
    }

    @Test("what Slurm takes and will never start is told at once")
    func neverStarting() async throws {
        let job = try RunnerJob(ClusterJob())
        let submit = try await job.command(
            ["submit", job.file.path, "--run-dir", job.directory.url.path, "--shards", "2", "--sbatch=-n9"],
            environment: Cluster.environment)
        #expect(submit.messages.contains("the shards will not start"), "\(submit.messages)")
        let status = try await job.command(["status", job.directory.url.path], environment: Cluster.environment)
        #expect(status.output.contains("requests resources that no node of the partition has"), "\(status.output)")
        #expect(
            try await job.command(["cancel", job.directory.url.path], environment: Cluster.environment).code == 0)
    }
}
