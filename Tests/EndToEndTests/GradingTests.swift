import Foundation
import Reporting
import RunnerSupport
import Testing

/// Answers graded at the end of a run and anew, by graders of all kinds.
@Suite("grade", .inSlots) struct GradingTests {
    /// Says that all answers are right, which the demo's models are far from.
    private static let generous = #"sed 's/.*"id":"\([^"]*\)".*/{"id": "\1", "correct": true}/'"#

    private func command(_ script: String) -> String {
        "{ with: command, command: [sh, -c, '\(script.replacing("'", with: "''"))'] }"
    }

    @Test("grading again with the same grader gives the same bytes and starts nothing")
    func again() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let before = try job.snapshot()
        let graded = try await job.command(["grade", job.directory.url.path])
        #expect(graded.code == 0, "\(graded.messages)")
        #expect(graded.messages.contains("grading 9 answers with exact/4"), "\(graded.messages)")
        #expect(graded.messages.contains("no answer became right or wrong"), "\(graded.messages)")
        #expect(graded.output.contains("draft_only"))
        #expect(try job.snapshot() == before)
    }

    @Test("grading again with another grader changes verdicts and nothing else of the results")
    func otherwise() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        let lines = try job.resultLines()
        let right = lines.count { $0.correct }
        try #require(right < lines.count)
        let path = job.directory.url.path
        let graded = try await job.command([
            "grade", path, "--with", "command", "--json", "--", "sh", "-c", Self.generous,
        ])
        #expect(graded.code == 0, "\(graded.messages)")
        #expect(graded.messages.contains("\(lines.count - right) verdict"), "\(graded.messages)")
        let summary = try JSONDecoder().decode(Summary.self, from: Data(graded.output.utf8))
        #expect(summary.grader.hasPrefix("command: sh -c "))
        #expect(try summary == job.summary())
        #expect(summary.rows.allSatisfy { $0.accuracy == 1 && ($0.flopsSpent ?? 0) > 0 })
        let now = try job.resultLines()
        #expect(now.map(\.text) == lines.map(\.text) && now.map(\.tokens) == lines.map(\.tokens))
        #expect(try job.engineStarts().allSatisfy(\.isStopped))
        // The job's own grader has the last word again.
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a run that was killed is graded as far as it is, and goes on afterwards")
    func partly() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 50"], engine: ["concurrency: 2"]))
        try #require(await job.runAndKill(afterEvents: 4))
        let graded = try await job.command(["grade", job.directory.url.path])
        #expect(graded.code == 0, "\(graded.messages)")
        #expect(graded.messages.contains(" of 9 answers"), "\(graded.messages)")
        let finished = try job.resultLines().count
        #expect((1...8).contains(finished))
        #expect(try job.summary().rows.reduce(0) { $0 + $1.total } == finished)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a run is graded without its models, and not without its questions: what is missing is told, and what to do")
    func moved() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 50"], engine: ["concurrency: 2"]))
        try #require(await job.runAndKill(afterEvents: 4))
        let path = job.directory.url.path
        func correct(_ old: String, _ new: String) throws {
            let spec = try String(contentsOf: job.directory.job, encoding: .utf8)
            try #require(spec.contains(old))
            try Data(spec.replacing(old, with: new).utf8).write(to: job.directory.job)
        }
        try correct("demo/models", "gone/models")
        let data = job.scratch.appending(path: "problems.jsonl")
        let elsewhere = job.scratch.appending(path: "moved.jsonl")
        try FileManager.default.moveItem(at: data, to: elsewhere)
        for command in ["grade", "report", "status"] {
            let refused = try await job.command([command, path])
            #expect(refused.code == 2, "\(refused.messages)")
            #expect(refused.messages.contains("error: there is no file \(data.path)"), "\(refused.messages)")
            #expect(
                refused.messages.contains("restore them, or correct their paths in \(path)/job.yaml"),
                "\(refused.messages)")
        }
        try correct("problems.jsonl", "moved.jsonl")
        let graded = try await job.command(["grade", path])
        #expect(graded.code == 0, "\(graded.messages)")
        let summary = try job.summary()
        #expect(summary.parameters.count == 3 && summary.rows.contains { ($0.flopsSpent ?? 0) > 0 })
        // Another file in its place is not taken for it.
        let other = try String(contentsOf: elsewhere, encoding: .utf8).replacing("?", with: "!")
        try Data(other.utf8).write(to: elsewhere)
        let refused = try await job.command(["grade", path])
        #expect(refused.code == 2, "\(refused.messages)")
        #expect(refused.messages.contains("no longer holds the questions that the run was begun with"))
    }

    @Test("a run of an earlier version, which did not write down its models' sizes, needs the models")
    func earlierVersion() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        #expect(try await job.run().code == 0)
        let manifest = try JSONSerialization.jsonObject(with: Data(contentsOf: job.directory.manifest))
        var fields = try #require(manifest as? [String: Any])
        #expect(fields.removeValue(forKey: "models") != nil)
        try JSONSerialization.data(withJSONObject: fields).write(to: job.directory.manifest)
        let spec = try String(contentsOf: job.directory.job, encoding: .utf8)
        try Data(spec.replacing("demo/models", with: "gone/models").utf8).write(to: job.directory.job)
        let before = try job.summary()
        #expect(try await job.command(["grade", job.directory.url.path]).code == 0)
        #expect(try job.summary() == before)
        try FileManager.default.removeItem(at: job.directory.summary)
        let graded = try await job.command(["grade", job.directory.url.path])
        #expect(graded.code == 2, "\(graded.messages)")
        #expect(graded.messages.contains(#/weights of the \w+, but there is no directory .*gone\/models/#))
        #expect(!FileManager.default.fileExists(atPath: job.directory.summary.path))
    }

    @Test("a grader that fails at the end of a run loses nothing that was generated")
    func failing() async throws {
        let job = try TestJob(JobSetup(grading: command("exit 9")))
        let run = try await job.run()
        #expect(run.code == 3, "\(run.messages)")
        #expect(run.messages.contains("rsd-batch grade \(job.directory.url.path)"), "\(run.messages)")
        let lines = try job.resultLines()
        #expect(lines.count == 9 && lines.allSatisfy { !$0.correct && $0.verdict == .error })
        #expect(lines[0].verdictReason?.contains("exit status 9") == true)
        #expect(try job.summary().rows.allSatisfy { $0.grades == ["error": 3] })
        let graded = try await job.command(["grade", job.directory.url.path, "--with", "exact"])
        #expect(graded.code == 0, "\(graded.messages)")
        #expect(try await job.results() == job.reference())
    }

    @Test("a grader that cannot be used is told before anything is made or started")
    func unavailable() async throws {
        for grading in ["{ with: math-verify, python: nowhere }", "{ with: command, command: [./nowhere] }"] {
            let job = try TestJob(JobSetup(grading: grading))
            let run = try await job.run()
            #expect(run.code == 2, "\(run.messages)")
            #expect(run.messages.contains("\(job.scratch.path)/nowhere"), "\(run.messages)")
            #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
            let validated = try await job.command(["validate", job.file.path])
            #expect(validated.output.contains("cannot be used"), "\(validated.output)")
        }
    }

    @Test("grading may change when a run is gone on with, and the run remembers it")
    func changed() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        try #require(await job.runAndKill(afterEvents: 1))
        var setup = job.setup
        setup.grading = command(Self.generous)
        try job.write(setup)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try job.resultLines().allSatisfy(\.correct))
        let graded = try await job.command(["grade", job.directory.url.path])
        #expect(graded.messages.contains("no answer became right or wrong"), "\(graded.messages)")
    }

    @Test("a signal stops a grader, and the same command goes on")
    func interrupted() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, grading: command("touch grading; sleep 600")))
        let runner = try job.start()
        let mark = job.scratch.appending(path: "grading").path
        try #require(await runner.reached { FileManager.default.fileExists(atPath: mark) }, "\(runner.standardError)")
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        #expect(try job.livingEngines().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: job.directory.results.path))
        try job.write(job.setup.untouched)
        #expect(try await job.run().code == 0)
        #expect(try await job.results() == job.reference())
    }

    @Test("a run that somebody works on is left alone; a directory without a run is told")
    func refused() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        #expect(try await job.command(["grade", job.scratch.path]).code == 2)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 1 }, "\(runner.standardError)")
        let graded = try await job.command(["grade", job.directory.url.path])
        #expect(graded.code == 5, "\(graded.messages)")
        runner.send(SIGKILL)
        _ = await runner.exitCode()
    }

    @Test(
        "options that do not belong together are refused",
        arguments: [
            ["--python", "x"], ["--with", "exact", "--timeout", "3"], ["--with", "command"],
            ["--with", "exact", "--", "sh"],
            ["--with", "rocket"], ["--with", "math-verify", "--timeout", "0"],
        ])
    func usage(options: [String]) async throws {
        let job = try TestJob()
        let graded = try await job.command(["grade", job.directory.url.path] + options)
        #expect(graded.code == 64, "\(graded.messages)")
    }
}
