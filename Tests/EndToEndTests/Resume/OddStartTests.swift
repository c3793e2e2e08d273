import Foundation
import RunnerSupport
import Testing

/// What a shell, a terminal or a system may do to a program before it does anything itself.
@Suite("Unusual process environments", .inSlots) struct OddStartTests {
    /// Starts the program with a shell's words before it.
    private func start(_ words: String, _ arguments: [String], of job: TestJob) throws -> RunnerProcess {
        try RunnerProcess(
            ["-c", "\(words) exec \"$0\" \"$@\"", Programs.runner.path] + arguments, program: URL(filePath: "/bin/sh"),
            scratch: job.scratch, limit: JobSetup.limit)
    }

    private func run(_ job: TestJob) -> [String] { ["run", job.file.path, "--run-dir", job.directory.url.path] }

    @Test("signals are heard before anything else is done", arguments: SignalTests.signals)
    func atOnce(signal: Int32) async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        let runner = try job.start()
        #expect(
            await runner.reached {
                let status = (try? String(contentsOfFile: "/proc/\(runner.pid)/status", encoding: .utf8)) ?? ""
                let caught = status.firstMatch(of: /SigCgt:\s*([0-9a-f]+)/).flatMap { UInt64($0.1, radix: 16) } ?? 0
                return caught & 1 << (signal - 1) != 0
            })
        runner.send(signal)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))
    }

    @Test("under nohup a terminal that is closed stops nothing")
    func nohup() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, arguments: ["delay-ms: 20"]))
        let runner = try start("trap '' HUP;", run(job), of: job)
        try #require(await runner.reached { job.eventCount >= 1 }, "\(runner.standardError)")
        runner.send(SIGHUP)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
    }

    @Test("a command that only looks dies of a signal as any does")
    func looking() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        try FileManager.default.createDirectory(at: job.directory.url, withIntermediateDirectories: true)
        let pipe = job.directory.submission.path
        #expect(mkfifo(pipe, 0o600) == 0)
        // It is told that the fifo is no file, or waits for it: in either case nothing keeps it.
        let status = try RunnerProcess(
            ["status", job.directory.url.path], scratch: job.scratch, limit: JobSetup.limit)
        status.send(SIGTERM)
        let code = await status.exitCode()
        #expect(code == 128 + SIGTERM || code == 5, "\(code) \(status.standardError)")
    }

    @Test("without standard output, error or input a run is as it is with one", arguments: [">&-", "2>&-", "<&-"])
    func closed(redirection: String) async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        let runner = try start("exec \(redirection);", run(job), of: job)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(try job.resultLines().count == 1)
        for (path, content) in try job.snapshot() where !path.hasPrefix("logs") {
            #expect(!String(decoding: content, as: UTF8.self).contains("answers  1 ended"), "\(path)")
        }
    }

    @Test("too few files that may be open are a sentence, and a low limit is raised where it may be")
    func descriptors() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        // With a handful, not even the threads of the program's own can be had.
        for limit in [5, 20] {
            let few = try start("ulimit -n \(limit);", run(job), of: job)
            #expect(await few.exitCode() == 1, "\(limit)")
            #expect(few.standardError.contains("ulimit -n 4096"), "\(limit): \(few.standardError)")
        }
        let soft = try start("ulimit -Sn 20;", run(job), of: job)
        #expect(await soft.exitCode() == 0, "\(soft.standardError)")
    }
}
