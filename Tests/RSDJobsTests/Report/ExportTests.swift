import Foundation
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Support

@Suite("Results exported") struct ExportTests {
    @Test("complete lines are those of results.jsonl with question, prompt and the tokens of each step")
    func complete() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["rsd": ["p1"]])
        let report = try RunReport(runs.directory("a"))
        let lines = try report.completeResults().split(separator: 10).map {
            try #require(try JSONSerialization.jsonObject(with: $0) as? [String: Any])
        }
        #expect(lines.count == 12)
        for (line, result) in zip(lines, report.lines) {
            let problem = try #require(Int(result.problem.dropFirst()))
            #expect(line["question"] as? String == "\(problem)+\(problem)?")
            #expect(line["prompt"] as? String == "\(problem)+\(problem)?\n\n")
            #expect((line["step_tokens"] as? [Int])?.count == result.steps.count)
            let kept = result.tokens.draft.kept + result.tokens.target.kept
            #expect((line["step_tokens"] as? [Int])?.reduce(0, +) == kept)
            let decoded = try JSONDecoder().decode(ResultLine.self, from: JSONSerialization.data(withJSONObject: line))
            #expect(decoded.id == result.id && decoded.text == result.text && decoded.tokens == result.tokens)
        }
        #expect(try report.completeResults(of: "rsd").split(separator: 10).count == 6)
    }

    @Test("where the library is missing, the error names it, and the Python to install it for")
    func missing() async throws {
        let report = try SmallReport.golden.made()
        let file = URL(filePath: "/nowhere/a.parquet")
        await #expect(throws: ExportUnavailable(format: "parquet", module: "pyarrow", python: nil)) {
            try await ResultsExport(report) { _ in nil }.writeParquet(to: file)
        }
        await #expect(throws: ExportUnavailable(format: "hf", module: "pyarrow", python: "/py")) {
            try await ResultsExport(report) { $0 == "sys" ? "/py" : nil }.writeHubDataset(to: file)
        }
        await #expect(throws: ExportUnavailable(format: "wandb", module: "wandb", python: nil)) {
            try await ResultsExport(report) { _ in nil }.logToWandb(in: nil)
        }
    }

    @Test("a library that fails is quoted, whatever it printed before")
    func failing() async throws {
        let scratch = try Scratch()
        let report = try SmallReport.golden.made()
        func failure(_ script: String) async throws -> ExportFailed? {
            let python = scratch.url.appending(path: "python")
            try Data("#!/bin/sh\n\(script)\n".utf8).write(to: python)
            #expect(chmod(python.path, 0o700) == 0)
            let export = ResultsExport(report) { _ in python.path }
            return await #expect(throws: ExportFailed.self) {
                try await export.writeParquet(to: scratch.url.appending(path: "a.parquet"))
            }
        }
        #expect(try await failure(#"echo hello; echo '{"failed": "no room"}'; exit 3"#)?.reason == "no room")
        #expect(try await failure("echo oh no; exit 9")?.reason.contains("oh no") == true)
    }

    @Test("the table for LaTeX has the methods' own names")
    func latex() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["rsd": ["p1"]])
        let directory = runs.directory("a")
        let run = try ComparedRun(RunReport(directory), in: directory, path: "runs/a")
        let text = try Comparison([run], against: nil).latex
        #expect(text.contains("\nrsd & 16.7\\%") && text.contains("against target\\_only") && !text.contains("a/rsd"))
    }
}
