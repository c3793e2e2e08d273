import Foundation
import Reporting
import RunnerSupport
import Testing

/// The program as its user meets it.
@Suite("Commands", .inSlots) struct CommandTests {
    @Test("the job that comes with the repository is valid")
    func validateDemo() async throws {
        let job = try TestJob()
        let demo = Programs.repository.appending(path: "jobs/demo.yaml").path
        let plain = try await job.command(["validate", demo])
        #expect(plain.code == 0, "\(plain.messages)")
        #expect(!plain.output.isEmpty && plain.messages.isEmpty, "\(plain.messages)")
        let json = try await job.command(["validate", demo, "--json"])
        let verdict = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(verdict["valid"] as? Bool == true)
    }

    @Test("a bad spec is refused at its line and column before anything is made or started")
    func badSpec() async throws {
        let job = try TestJob()
        let spec = try String(contentsOf: job.file, encoding: .utf8)
        try spec.replacing("max_steps: 3", with: "max_step: 3").replacing("kind: pocket", with: "kind: rocket")
            .write(to: job.file, atomically: true, encoding: .utf8)
        let run = try await job.run()
        #expect(run.code == 2, "\(run.messages)")
        #expect(run.messages.contains(#/job\.yaml:\d+:\d+: .*'max_step'.*max_steps/#), "\(run.messages)")
        #expect(run.messages.contains(#/job\.yaml:\d+:\d+: .*rocket/#), "\(run.messages)")
        #expect(run.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
        let validated = try await job.command(["validate", job.file.path, "--json"])
        #expect(validated.code == 2)
        let verdict = try JSONSerialization.jsonObject(with: Data(validated.output.utf8)) as? [String: Any]
        #expect(verdict?["valid"] as? Bool == false)
    }

    @Test("what a spec says comes to no terminal as it is")
    func escapes() async throws {
        let job = try TestJob()
        let spec = try String(contentsOf: job.file, encoding: .utf8)
        try Data((#""\e]0;title\a\u202E": 1"# + "\n" + spec).utf8).write(to: job.file)
        for options in [[], ["--json"], ["--color", "always"]] {
            let validated = try await job.command(["validate", job.file.path] + options)
            #expect(validated.code == 2)
            let said = validated.output + validated.messages
            #expect(said.contains("title"), "\(said.debugDescription)")
            #expect(
                !said.unicodeScalars.contains { ["\u{1B}", "\u{7}", "\u{202E}"].contains($0) },
                "\(said.debugDescription)")
        }
    }

    @Test("a data set with a bad record is refused at its line before anything is made or started")
    func badData() async throws {
        let job = try TestJob()
        try "{\"id\": \"a\", \"question\": \"1+1?\"}\n".write(
            to: job.scratch.appending(path: "problems.jsonl"), atomically: true, encoding: .utf8)
        let run = try await job.run()
        #expect(run.code == 2, "\(run.messages)")
        #expect(run.messages.contains("problems.jsonl:1"), "\(run.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
    }

    @Test("run --json prints summary.json and nothing else; --quiet says nothing")
    func runJSON() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1))
        let run = try await job.run(["--json", "--quiet"])
        #expect(run.code == 0, "\(run.messages)")
        #expect(try JSONDecoder().decode(Summary.self, from: Data(run.output.utf8)) == job.summary())
        #expect(run.messages.isEmpty, "\(run.messages)")
    }

    @Test(
        "mistyped commands and options are a usage error that names the one that was meant",
        arguments: [
            (["vaildate", "job.yaml"], "validate"), (["rnu"], "run"), (["help", "rnu"], "run"),
            (["job.yaml"], "run job.yaml"),
            (["run", "x", "--qiet"], "--quiet"), (["run", "x", "--retry"], "--retry-failed"),
            (["run", "x", "-qiet"], "--quiet"),
            (["--hlep"], "--help"),
        ])
    func mistyped(words: [String], meant: String) async throws {
        let typed = try await TestJob().command(words)
        #expect(typed.code == 64 && typed.output.isEmpty, "\(typed.messages)")
        let isFound =
            typed.messages.lowercased().contains("did you mean '\(meant)'?")
            || typed.messages.contains("rsd-batch \(meant)")
        #expect(isFound, "\(typed.messages)")
    }

    @Test("a word that is like no command gets a list, and an option that is like no other no suggestion")
    func unlike() async throws {
        let job = try TestJob()
        let command = try await job.command(["xyzzy"])
        #expect(command.code == 64 && command.messages.contains("commands: demo, doctor"), "\(command.messages)")
        let option = try await job.command(["run", "x", "--zzz"])
        #expect(option.code == 64 && !option.messages.contains("Did you mean"), "\(option.messages)")
    }

    @Test(
        "help is as wide as COLUMNS, up to 100, and 80 without it",
        arguments: [(nil, 80), ("60", 60), ("140", 100), ("30", 40)])
    func helpWidth(columns: String?, width: Int) async throws {
        let job = try TestJob()
        for words in [["--help"], ["help", "run"], ["grade", "--help"], ["plan", "-h"], []] {
            let help = try await job.command(words, environment: columns.map { ["COLUMNS": $0] } ?? [:])
            #expect(help.code == 0, "\(help.messages)")
            let widest = help.output.split(separator: "\n").map(\.count).max() ?? 0
            #expect(widest <= width && widest > width - 12, "\(words) \(widest)")
        }
    }

    @Test("status and show work while a run goes on, and after it")
    func statusAndShow() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        let path = job.directory.url.path
        #expect(try await job.command(["status", path]).code == 2)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 3 }, "\(runner.standardError)")
        let during = try await status(job)
        #expect((during["holder"] as? [String: Any])?["pid"] as? Int == Int(runner.pid))
        #expect(during["total"] as? Int == 9)
        #expect(during["has_results"] as? Bool == false)
        let some = try await job.command(["show", path])
        #expect(some.code == 0 && some.output.contains("first of each method"), "\(some.messages)")
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        let after = try await status(job)
        #expect(after["holder"] is NSNull || after["holder"] == nil)
        #expect(after["finished"] as? Int == 9)
        #expect(after["has_results"] as? Bool == true)

        let line = try #require(try job.resultLines().last)
        let shown = try await job.command(["show", path, line.id, "--json"])
        #expect(shown.code == 0, "\(shown.messages)")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
        #expect((report["steps"] as? [Any])?.count == line.steps.count)
        #expect(try await job.command(["show", path, line.id]).code == 0)
        let unknown = try await job.command(["show", path, "rsd/heldout/demo-00"])
        #expect(unknown.code == 2)
        #expect(unknown.messages.contains("similar names"), "\(unknown.messages)")
        let short = try await job.command([
            "show", path, line.id.replacing("/heldout/", with: "/").replacing(#/\/0$/#, with: ""),
        ])
        #expect(short.code == 0 && short.output.hasPrefix(line.id), "\(short.messages)")
        let list = try await job.command(["show", path])
        #expect(list.code == 0 && list.output.contains("9 trajectories, 9 finished"), "\(list.output)\(list.messages)")
    }

    private func status(_ job: TestJob) async throws -> [String: Any] {
        let plain = try await job.command(["status", job.directory.url.path])
        #expect(plain.code == 0 && !plain.output.isEmpty, "\(plain.messages)")
        let json = try await job.command(["status", job.directory.url.path, "--json"])
        #expect(json.code == 0, "\(json.messages)")
        return try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    }
}
