import Foundation
import RunnerSupport
import Testing

@Suite("The command at the end of a run", .inSlots) struct NotifyTests {
    /// Writes what it learns to a file beside the job.
    private static let note = #"env | grep ^RSD_BATCH_ >"$(dirname "$RSD_BATCH_SPEC")/note"; echo noted"#

    @Test("after a finished run it learns the job, its directory and the accuracy, and standard output stays the run's")
    func finished() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        let run = try await job.run(["--json", "--quiet", "--notify", Self.note])
        #expect(run.code == 0 && run.messages == "noted\n", "\(run.messages)")
        #expect(try JSONSerialization.jsonObject(with: Data(run.output.utf8)) is [String: Any])
        let note = try Self.note(of: job)
        #expect(note["JOB"] == "test" && note["STATE"] == "finished" && note["EXIT_CODE"] == "0", "\(note)")
        #expect(note["RUN_DIR"] == job.directory.url.path && note["SUMMARY"] == job.directory.summary.path, "\(note)")
        #expect(note["ANSWERS"] == "3" && note["FAILED"] == "0" && note["ERROR"] == "", "\(note)")
        #expect(
            note["ACCURACY"]?.contains(#/^draft_only \d+\.\d%, target_only \d+\.\d%, rsd \d+\.\d%$/#) == true, "\(note)"
        )
    }

    @Test("a spec with an error and an engine that does not start are failures, with the run's own exit code")
    func failed() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]", arguments: ["no-such-flag: 1"]))
        let run = try await job.run(["--notify", Self.note])
        let note = try Self.note(of: job)
        #expect(run.code != 0 && note["EXIT_CODE"] == "\(run.code)" && note["STATE"] == "failed", "\(note)")
        #expect(note["ERROR"]?.isEmpty == false && note["ACCURACY"] == "", "\(note)")

        try "name: [".write(to: job.file, atomically: true, encoding: .utf8)
        #expect(try await job.run(["--notify", Self.note]).code == 2)
        let second = try Self.note(of: job)
        #expect(second["EXIT_CODE"] == "2" && second["STATE"] == "failed" && second["JOB"] == "", "\(second)")
    }

    @Test("after an interruption it runs when everything is in the journal, and the run resumes as always")
    func interrupted() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        let runner = try job.start(["--notify", Self.note])
        try #require(await runner.reached { job.eventCount >= 3 }, "\(runner.standardError)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        let note = try Self.note(of: job)
        #expect(note["STATE"] == "interrupted" && note["EXIT_CODE"] == "75", "\(note)")
        #expect(try job.livingEngines().isEmpty)
        try job.write(job.setup.untouched)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a command that fails is a warning and leaves the exit code alone")
    func failingCommand() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        let run = try await job.run(["--quiet", "--notify", "echo no network >&2; exit 7"])
        #expect(run.code == 0)
        #expect(run.messages.contains("no network\n") && run.messages.contains("exit status 7"), "\(run.messages)")
    }

    @Test("a signal ends a command that hangs, with its children, and the exit code stays")
    func hangingCommand() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        let started = job.scratch.appending(path: "started")
        let runner = try job.start(["--notify", "sleep 600 & echo $! >'\(started.path)'; wait"])
        func sleeper() -> pid_t? {
            (try? String(contentsOf: started, encoding: .utf8)).flatMap { pid_t($0.trimmingCharacters(in: .newlines)) }
        }
        try #require(await runner.reached { sleeper() != nil }, "\(runner.standardError)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(runner.standardError.contains("stopped by a signal"), "\(runner.standardError)")
        #expect(try ProcessFacts.isDead(#require(sleeper())))
    }

    /// By name, without the common beginning.
    private static func note(of job: TestJob) throws -> [String: String] {
        let text = try String(contentsOf: job.scratch.appending(path: "note"), encoding: .utf8)
        let pairs = text.split(separator: "\n").compactMap { line -> (String, String)? in
            guard let sign = line.firstIndex(of: "=") else { return nil }
            return (String(line[..<sign].dropFirst("RSD_BATCH_".count)), String(line[line.index(after: sign)...]))
        }
        return Dictionary(pairs) { $1 }
    }
}
