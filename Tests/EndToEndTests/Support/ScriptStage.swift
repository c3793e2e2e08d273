import Foundation
import TestSupport
import RunnerSupport

@testable import RSDJobs

/// A batch script with everything that it calls replaced: a runner that does as it is told, and Slurm's commands, which write
/// down what they are asked.
final class ScriptStage: Sendable {
    let scratch: Scratch
    private let script: URL
    private let bin: URL

    init() throws {
        scratch = try Scratch()
        bin = scratch.file("bin")
        script = scratch.file("submit.sbatch")
        for folder in ["bin", "run/logs", "run/shard-2-of-3/journal"] {
            try FileManager.default.createDirectory(
                at: scratch.file(folder), withIntermediateDirectories: true)
        }
        let rendered = BatchScript(
            name: "test", program: bin.appending(path: "runner").path, directory: scratch.path("run"),
            request: SlurmRequest(shards: 3), shards: [1, 2, 3])
        try Data(rendered.array.utf8).write(to: script)
        try command("scontrol", #"echo "scontrol $*" >>"$STAGE/calls""#)
        try setQueue("RUNNING None")
    }

    /// Has squeue say this of the task, and that its job ends at 1800000000.
    func setQueue(_ line: String) throws {
        try command("squeue", #"case "$*" in *%e*) echo 1800000000 ;; *) echo "\#(line)" ;; esac"#)
    }

    /// Has one of Slurm's commands fail so many times before it does what it would.
    func fail(_ name: String, times: Int) throws {
        let file = bin.appending(path: name)
        try FileManager.default.moveItem(at: file, to: bin.appending(path: "real-\(name)"))
        try command("sleep", "exit 0")
        try command(
            name,
            """
            case "$*" in *%e*) ;; *)
              tries=$(($(cat "$STAGE/tries-\(name)" 2>/dev/null) + 1)); echo $tries >"$STAGE/tries-\(name)"
              [ $tries -gt \(times) ] || { echo "slurm_load_jobs error: Socket timed out" >&2; exit 1; } ;;
            esac
            exec "$(dirname "$0")/real-\(name)" "$@"
            """)
    }

    /// - Parameter body: of a bash script that plays the runner. `$journal` is its shard's.
    func setRunner(_ body: String) throws {
        try command(
            "runner", "journal=$STAGE/run/shard-2-of-3/journal/events.jsonl\necho $$ >$STAGE/runner.pid\n" + body)
    }

    /// Runs the script as the task of shard 2.
    func start(restart: Int = 0) throws -> RunnerProcess {
        var environment = [
            "STAGE": scratch.url.path, "PATH": "\(bin.path):/usr/bin:/bin", "SLURM_ARRAY_JOB_ID": "41",
            "SLURM_ARRAY_TASK_ID": "2",
        ]
        if restart > 0 { environment["SLURM_RESTART_COUNT"] = "\(restart)" }
        return try RunnerProcess(
            [script.path], program: URL(filePath: "/bin/bash"), scratch: scratch.url, environment: environment,
            limit: .seconds(60))
    }

    var calls: String { scratch.text("calls") }

    private func command(_ name: String, _ body: String) throws {
        try Script.write("#!/bin/bash\n\(body)\n", to: bin.appending(path: name))
    }
}
