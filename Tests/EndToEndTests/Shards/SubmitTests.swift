import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import RSDJobs

/// `submit`, `status` and `cancel` against commands that play Slurm: what they are asked, and what comes back of what they say.
@Suite("submit", .inSlots) struct SubmitTests {
    @Test("the scripts are written and submitted, and the ids kept; the array's own task runs its shard")
    func submits() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        let submit = try await slurm.submit(["--partition", "gpu", "--sbatch", "--account=lab", "--array-limit", "1"])
        #expect(submit.code == 0, "\(submit.messages)")
        #expect(submit.output.contains("array    101 on cluster: 2 shards; job 102 merges"), "\(submit.output)")
        let run = job.directory.url.path
        #expect(
            slurm.calls == [
                "sbatch --parsable --job-name=test --array=1-2%1 --output=\(run)/logs/slurm-shard-%a.log --open-mode=append "
                    + "--requeue --signal=B:USR1@90 --partition=gpu --account=lab \(run)/submit.sbatch",
                "sbatch --parsable --job-name=test-merge --output=\(run)/logs/slurm-merge.log --open-mode=append "
                    + "--partition=gpu --account=lab --clusters=cluster --dependency=afterany:101 --kill-on-invalid-dep=yes "
                    + "\(run)/merge.sbatch",
            ])
        #expect(try Submission.read(in: job.directory)?.jobs == ["101", "102"])
        #expect(FileManager.default.fileExists(atPath: job.directory.logs.path))

        // What is edited after the submission is another job.
        try Data("nonsense".utf8).write(to: job.file)
        for shard in [1, 2] {
            let task = try slurm.runTask(shard)
            #expect(await task.exitCode() == 0, "\(task.standardError)")
        }
        let merge = try slurm.bash(job.directory.mergeScript)
        #expect(await merge.exitCode() == 0, "\(merge.standardError)")
        #expect(try await job.results() == job.reference())
    }

    @Test("of a shard that fails for good the merge says which, where to look and how to go on")
    func failingShard() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await slurm.submit().code == 0)
        #expect(try await slurm.runTask(1).exitCode() == 0)
        let (shard, log) = (try job.directory(ofShard: "2/2"), job.directory.logs.appending(path: "slurm-shard-2.log"))
        try FileManager.default.createDirectory(at: shard.url, withIntermediateDirectories: true)
        try Data().write(to: shard.journal.deletingLastPathComponent())
        let task = try slurm.runTask(2)
        #expect(await task.exitCode() == 5, "\(task.standardError)")
        try Data(task.standardError.utf8).write(to: log)
        let merge = try slurm.bash(job.directory.mergeScript)
        #expect(await merge.exitCode() == 5)
        let run = job.directory.url.path
        #expect(
            merge.standardError.contains(
                """
                  shard-2-of-2 was never started
                    for the reason, see \(log.path)
                    resume it: rsd-batch run \(run)/job.yaml --run-dir \(run) --shard 2/2
                Run `rsd-batch submit` with the same options

                """.dropLast()), "\(merge.standardError)")
        try FileManager.default.removeItem(at: shard.journal.deletingLastPathComponent())
        #expect(try await slurm.submit().code == 0)
        #expect(try String(contentsOf: job.directory.arrayScript, encoding: .utf8).contains("#SBATCH --array=2\n"))
        #expect(try await slurm.runTask(2).exitCode() == 0)
        let again = try slurm.bash(job.directory.mergeScript)
        #expect(await again.exitCode() == 0, "\(again.standardError)")
        #expect(try await job.results() == job.reference())
    }

    @Test("given again, it submits what is not finished, and not while Slurm still has the last one")
    func again() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await job.run(shard: "2/3").code == 0)
        #expect(try await slurm.submit(["--shards", "3"]).code == 0)
        let script = try String(contentsOf: job.directory.arrayScript, encoding: .utf8)
        #expect(script.contains("#SBATCH --array=1,3\n"), "\(script)")

        try slurm.setQueue("101|1|RUNNING|None\n101|3|PENDING|PartitionTimeLimit\n102|N/A|PENDING|Dependency")
        let refused = try await slurm.submit(["--shards", "3"])
        #expect(refused.code == 5)
        #expect(refused.messages.contains("(101 and 102: 2 pending, 1 running)"), "\(refused.messages)")
        let status = try await slurm.command(["status", job.directory.url.path])
        #expect(status.code == 0, "\(status.messages)")
        #expect(status.output.contains(/2\/3 +finished +\d+\/\d+ +\d/), "\(status.output)")
        #expect(
            status.output.contains("job 101 requests more time than the partition allows"), "\(status.output)"
        )
        let cancel = try await slurm.command(["cancel", job.directory.url.path])
        #expect(cancel.code == 0, "\(cancel.messages)")
        #expect(slurm.calls.last == "scancel --clusters=cluster 101 102 []")

        try slurm.setQueue("")
        for shard in ["1/3", "3/3"] { #expect(try await job.run(shard: shard).code == 0) }
        let done = try await slurm.submit(["--shards", "3"])
        #expect(done.code == 0)
        #expect(done.messages.contains("all shards are finished; merge them with rsd-batch merge"), "\(done.messages)")
    }

    @Test("the merge grades as it was submitted last, also where no shard is left to run")
    func otherGrading() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await slurm.submit().code == 0)
        for shard in [1, 2] { #expect(try await slurm.runTask(shard).exitCode() == 0) }
        var setup = job.setup
        setup.grading = "{ with: command, command: [sh, -c, 'cat >/dev/null; exit 9'] }"
        try job.write(setup)
        let done = try await slurm.submit()
        #expect(done.messages.contains("all shards are finished"), "\(done.messages)")
        let merge = try slurm.bash(job.directory.mergeScript)
        #expect(await merge.exitCode() == 3, "\(merge.standardError)")
        #expect(try job.summary().rows.allSatisfy { $0.grades["error", default: 0] > 0 })
    }

    @Test("shards get the settings that were given with the submission")
    func settings() async throws {
        let job = try TestJob()
        let slurm = try PlayedSlurm(job)
        let submitted = try await slurm.submit(["--set", "decoding.max_tokens=30", "--set", "methods=[draft_only]"])
        #expect(submitted.code == 0, "\(submitted.messages)")
        let spec = try Data(contentsOf: job.directory.job)
        #expect(try String(contentsOf: job.directory.arrayScript, encoding: .utf8).contains(#"run "$run/job.yaml""#))
        try job.write(JobSetup(methods: "[draft_only]", maxTokens: 30))
        #expect(try await slurm.submit().code == 0)
        #expect(try Data(contentsOf: job.directory.job) == spec)
    }

    @Test("the cluster that took the array is asked, whatever the shell says of clusters, queues and cancelling")
    func clusters() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await slurm.submit().code == 0)
        #expect(try Submission.read(in: job.directory)?.cluster == "cluster")
        try slurm.answerOnlyOn("cluster", with: "101|1|PENDING|Priority")
        let shell = ["SLURM_CLUSTERS": "elsewhere", "SQUEUE_STATES": "RUNNING", "SCANCEL_USER": "nobody"]
        let status = try await slurm.command(["status", job.directory.url.path], shell)
        #expect(status.output.contains("pending, Priority"), "\(status.output)")
        #expect(
            try await slurm.command(
                ["submit", job.file.path, "--run-dir", job.directory.url.path, "--shards", "2"], shell
            ).code == 5)
        #expect(try await slurm.command(["cancel", job.directory.url.path], shell).code == 0)
        #expect(slurm.calls.last == "scancel --clusters=cluster 101 102 []")
    }

    @Test("what Slurm has forgotten is cancelled already")
    func forgotten() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await slurm.submit().code == 0)
        try slurm.forget()
        let cancel = try await slurm.command(["cancel", job.directory.url.path])
        #expect(cancel.code == 0, "\(cancel.messages)")
    }

    @Test("nothing is submitted or written of a job that is not right, or where nobody submits")
    func refusals() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        #expect(try await slurm.submit(["--shards", "5"]).code == 2)
        #expect(try await slurm.submit(["--shards", "0"]).code == 64)
        let print = try await slurm.submit(["--print"])
        #expect(print.code == 0, "\(print.messages)")
        #expect(print.output.contains("#SBATCH --array=1-2\n") && print.output.contains("merge "), "\(print.output)")
        let wrapped = try await slurm.submit(["--print", "--program", "/opt/in-container"])
        #expect(
            wrapped.output.contains("\n/opt/in-container run ")
                && wrapped.output.contains("exec /opt/in-container merge"))
        let nowhere = try await job.command(
            ["submit", job.file.path, "--run-dir", job.directory.url.path, "--shards", "2"],
            environment: ["PATH": "/nonexistent"])
        #expect(nowhere.code == 2)
        #expect(nowhere.messages.contains("sbatch is not on PATH"), "\(nowhere.messages)")
        try job.write(JobSetup(methods: "[no_such_method]"))
        #expect(try await slurm.submit().code == 2)
        #expect(slurm.calls.isEmpty)
    }

    @Test("what sbatch refuses is a sentence with a next step; what will never start is told at once")
    func sentences() async throws {
        let job = try TestJob(JobSetup(problems: 0..<4))
        let slurm = try PlayedSlurm(job)
        try slurm.refuse("sbatch: error: Batch job submission failed: Invalid partition name specified")
        let refused = try await slurm.submit()
        #expect(refused.code == 2)
        #expect(refused.messages.contains("no partition of that name. `sinfo -s` lists them"), "\(refused.messages)")
        #expect(try Submission.read(in: job.directory) == nil)

        try slurm.accept()
        try slurm.setQueue("101|1|PENDING|PartitionConfig")
        let never = try await slurm.submit()
        #expect(never.code == 0)
        #expect(
            never.messages.contains("will not start: Slurm reports that the job requests resources that no node"),
            "\(never.messages)")
    }
}

/// Slurm's commands, played by scripts.
private final class PlayedSlurm: Sendable {
    private let job: TestJob
    private let bin: URL

    init(_ job: TestJob) throws {
        self.job = job
        bin = job.scratch.appending(path: "bin")
        try FileManager.default.createDirectory(at: bin, withIntermediateDirectories: true)
        try accept()
        try setQueue("")
        try command("scancel", #"echo "scancel $* [$SCANCEL_USER$SLURM_CLUSTERS]" >>"$CALLS""#)
        try command("scontrol", #"echo "scontrol $*" >>"$CALLS""#)
    }

    func accept() throws {
        try command(
            "sbatch", #"echo "sbatch $*" >>"$CALLS"; case "$*" in *merge*) echo 102 ;; *) echo "101;cluster" ;; esac"#)
    }

    func refuse(_ words: String) throws {
        try command("sbatch", "echo '\(words)' >&2; exit 1")
    }

    func forget() throws {
        for name in ["squeue", "scancel"] {
            try command(name, "echo '\(name): error: Invalid job id specified' >&2; exit 1")
        }
    }

    func setQueue(_ lines: String) throws {
        try command("squeue", "cat <<'END'\n\(lines)\nEND")
    }

    /// Has squeue know of these lines where it is asked of this cluster, in no words but its arguments.
    func answerOnlyOn(_ cluster: String, with lines: String) throws {
        try command(
            "squeue",
            "case \"$* $SQUEUE_STATES$SLURM_CLUSTERS\" in --clusters=\(cluster)*%r\\ ) echo '\(lines)' ;; esac")
    }

    var calls: [String] {
        let text = try? String(contentsOf: job.scratch.appending(path: "calls"), encoding: .utf8)
        return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// Two shards unless told otherwise.
    func submit(_ options: [String] = []) async throws -> TestJob.Ended {
        let shards = options.contains("--shards") ? [] : ["--shards", "2"]
        return try await command(
            ["submit", job.file.path, "--run-dir", job.directory.url.path] + shards + options)
    }

    func command(_ words: [String], _ variables: [String: String] = [:]) async throws -> TestJob.Ended {
        try await job.command(words, environment: environment.merging(variables) { $1 })
    }

    func runTask(_ shard: Int) throws -> RunnerProcess {
        try bash(
            job.directory.arrayScript, ["SLURM_ARRAY_JOB_ID": "101", "SLURM_ARRAY_TASK_ID": "\(shard)"])
    }

    func bash(_ script: URL, _ variables: [String: String] = [:]) throws -> RunnerProcess {
        try RunnerProcess(
            [script.path], program: URL(filePath: "/bin/bash"), scratch: job.scratch,
            environment: environment.merging(variables) { $1 }, limit: JobSetup.limit)
    }

    private var environment: [String: String] {
        ["PATH": "\(bin.path):/usr/bin:/bin", "CALLS": job.scratch.appending(path: "calls").path]
    }

    private func command(_ name: String, _ body: String) throws {
        try Script.write("#!/bin/bash\n\(body)\n", to: bin.appending(path: name))
    }
}
