import Foundation
import RunnerSupport
import Testing

/// What the script of a shard does with the end of its runner, under a real bash.
@Suite("The batch script's task", .inSlots) struct BatchScriptTests {
    @Test("the runner's code is the task's, and nothing is requeued", arguments: [0, 3, 5, 137])
    func ends(code: Int32) async throws {
        let stage = try ScriptStage()
        try stage.setRunner("exit \(code)")
        let task = try stage.start()
        #expect(await task.exitCode() == code, "\(task.standardError)")
        #expect(stage.calls.isEmpty)
    }

    @Test("the runner is told its shard, and when its job ends")
    func arguments() async throws {
        let stage = try ScriptStage()
        try stage.setRunner(#"echo "$* $SLURM_JOB_END_TIME" >"$STAGE/told""#)
        #expect(try await stage.start().exitCode() == 0)
        let run = stage.scratch.path("run")
        #expect(stage.scratch.text("told") == "run \(run)/job.yaml --run-dir \(run) --shard 2/3 --wait 1800000000\n")
    }

    @Test("a signal to the script reaches the runner, and its task alone is requeued", arguments: [SIGUSR1, SIGTERM])
    func signals(signal: Int32) async throws {
        let stage = try ScriptStage()
        try stage.setRunner(
            """
            trap 'echo USR1 >>$STAGE/heard; exit 75' USR1
            trap 'echo TERM >>$STAGE/heard; exit 75' TERM
            echo '{"kind":"generated"}' >>$journal; touch $STAGE/ready
            while :; do sleep 0.02; done
            """)
        if signal == SIGTERM { try stage.setQueue("COMPLETING TimeLimit") }
        let task = try stage.start()
        try #require(await task.reached { FileManager.default.fileExists(atPath: stage.scratch.path("ready")) })
        task.send(signal)
        #expect(await task.exitCode() == 75, "\(task.standardError)")
        #expect(stage.scratch.text("heard") == (signal == SIGUSR1 ? "USR1\n" : "TERM\n"))
        #expect(stage.calls == "scontrol requeue 41_2\n")
    }

    @Test(
        "a task that was cancelled, or that Slurm requeues itself, stays as it is", arguments: ["COMPLETING None", ""])
    func cancelled(queue: String) async throws {
        let stage = try ScriptStage()
        try stage.setRunner("exit 75")
        try stage.setQueue(queue)
        #expect(try await stage.start().exitCode() == 75)
        #expect(stage.calls.isEmpty)
    }

    @Test("Slurm may be too busy to answer for a moment", arguments: ["squeue", "scontrol"])
    func busy(command: String) async throws {
        let stage = try ScriptStage()
        try stage.setRunner("exit 75")
        try stage.fail(command, times: 2)
        let task = try stage.start()
        #expect(await task.exitCode() == 75)
        #expect(stage.calls == "scontrol requeue 41_2\n", "\(task.standardError)")
        #expect(task.standardError.contains("shard 2 resumes when Slurm starts it again"), "\(task.standardError)")
    }

    @Test(
        "where it does not answer at all, the log says who goes on with the shard", arguments: ["squeue", "scontrol"])
    func silent(command: String) async throws {
        let stage = try ScriptStage()
        try stage.setRunner("exit 75")
        try stage.fail(command, times: 9)
        let task = try stage.start()
        #expect(await task.exitCode() == 75)
        #expect(stage.calls.isEmpty)
        #expect(!task.standardError.contains("resumes when Slurm"), "\(task.standardError)")
        #expect(
            task.standardError.contains("rsd-batch submit with the same options to resume it"),
            "\(task.standardError)")
    }

    @Test("without a new answer it is requeued twice, and a new answer begins the count anew")
    func barren() async throws {
        let stage = try ScriptStage()
        var requeued: [Bool] = []
        // A load is no answer. Each number is a restart; whether it brings an answer.
        for (restart, brings) in [false, false, true, false, false, false].enumerated() {
            let kind = brings ? "scored" : "load"
            try stage.setRunner(#"echo '{"kind":"\#(kind)"}' >>$journal; exit 75"#)
            let task = try stage.start(restart: restart)
            #expect(await task.exitCode() == 75)
            let calls = stage.calls.split(separator: "\n").count
            requeued.append(calls > requeued.count { $0 })
            if restart == 5 {
                #expect(task.standardError.contains("stopped 3 times in a row"), "\(task.standardError)")
            }
        }
        #expect(requeued == [true, true, true, true, true, false])
        // Submitted anew, it has all its tries again.
        #expect(try await stage.start().exitCode() == 75)
        #expect(stage.calls.split(separator: "\n").count == 6)
    }
}
