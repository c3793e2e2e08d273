import Foundation
import Reporting
import RunnerSupport
import Testing

/// `rsd-batch report` on real runs.
@Suite("report", .inSlots) struct ReportTests {
    @Test("a run leaves its report; making it again changes nothing and gives the same")
    func finishedRun() async throws {
        let job = try TestJob()
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        let before = try job.snapshot()
        #expect(before["report.html"] != nil && before["summary.csv"] != nil)
        let path = job.directory.url.path

        let json = try await job.command(["report", path, "--format", "json"])
        #expect(json.code == 0, "\(json.messages)")
        #expect(try JSONDecoder().decode(Summary.self, from: Data(json.output.utf8)) == job.summary())
        let csv = try await job.command(["report", path, "--format", "csv"])
        #expect(Data(csv.output.utf8) == before["summary.csv"])
        let markdown = try await job.command(["report", path, "--format", "md"])
        #expect(markdown.output.contains("| draft\\_only |"), "\(markdown.output)")
        let elsewhere = job.scratch.appending(path: "new/page.html")
        #expect(try await job.command(["report", path, "-o", elsewhere.path]).code == 0)
        #expect(try Data(contentsOf: elsewhere) == before["report.html"])
        let directory = job.scratch.appending(path: "lm-eval")
        #expect(try await job.command(["report", path, "--format", "lm-eval", "-o", directory.path]).code == 0)
        #expect(try FileManager.default.subpathsOfDirectory(atPath: directory.path).count == 3 + 3 * 2)
        #expect(try job.snapshot() == before)

        let page = try await job.command(["report", path])
        #expect(page.code == 0 && page.output == run.output, "\(page.output)\(run.output)")
        #expect(try job.snapshot() == before)
        let printed = try await job.command(["report", path, "-o", "-"])
        #expect(Data(printed.output.utf8) == before["report.html"])
        let quiet = try await job.command(["report", path, "--json"])
        #expect(quiet.output == json.output)
        #expect(try await job.command(["report", path, "--json", "--format", "csv"]).code == 64)
        #expect(try job.livingEngines().isEmpty)
    }

    @Test("the models may be gone, and results.jsonl may have been graded anew")
    func regraded() async throws {
        let job = try TestJob()
        #expect(try await job.run().code == 0)
        var lines = try job.resultLines()
        let right = lines.count(where: \.correct)
        for index in lines.indices { lines[index].correct.toggle() }
        try ResultLine.encode(lines).write(to: job.directory.results)
        let spec = try String(contentsOf: job.directory.job, encoding: .utf8)
        try spec.replacing("demo/models", with: "gone/models").write(
            to: job.directory.job, atomically: true, encoding: .utf8)
        let json = try await job.command(["report", job.directory.url.path, "--format", "json"])
        #expect(json.code == 0, "\(json.messages)")
        let summary = try JSONDecoder().decode(Summary.self, from: Data(json.output.utf8))
        #expect(summary.rows.reduce(0) { $0 + $1.correct } == lines.count - right)
        #expect(try summary.parameters == job.summary().parameters)
    }

    @Test("a run that goes on is reported as far as it is")
    func unfinishedRun() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 100"], engine: ["concurrency: 2"]))
        let path = job.directory.url.path
        #expect(try await job.command(["report", path]).code == 2)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 4 }, "\(runner.standardError)")
        kill(runner.pid, SIGKILL)
        _ = await runner.exitCode()
        // Its engine may still be writing its last words.
        func snapshot() throws -> [String: Data] { try job.snapshot().filter { !$0.key.hasPrefix("logs/") } }
        let before = try snapshot()
        let json = try await job.command(["report", path, "--format", "json"])
        #expect(json.code == 0, "\(json.messages)")
        #expect(json.messages.contains(#/\d of 9 answers are finished/#), "\(json.messages)")
        let summary = try JSONDecoder().decode(Summary.self, from: Data(json.output.utf8))
        #expect((1..<9).contains(summary.rows.reduce(0) { $0 + $1.total }))
        #expect(summary.parameters.count == 3)
        let page = try await job.command(["report", path])
        #expect(page.code == 0 && page.output.contains("accuracy") && !page.output.contains("results.jsonl"))
        var after = try snapshot()
        #expect(after.removeValue(forKey: "report.html") != nil)
        #expect(after == before)
    }

    @Test("what cannot be done is told before anything is written")
    func refusals() async throws {
        let job = try TestJob()
        let path = job.scratch.path
        #expect(try await job.command(["report", path]).code == 2)
        let several = try await job.command(["report", path, "--format", "lm-eval"])
        #expect(several.code == 64 && several.messages.contains("-o DIR"), "\(several.messages)")
        #expect(try await job.command(["report", path, "--format", "pdf"]).code == 64)
    }
}
