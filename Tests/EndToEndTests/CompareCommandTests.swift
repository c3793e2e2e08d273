import Foundation
import RunnerSupport
import Testing

/// `rsd-batch compare` and `rsd-batch runs` on real runs.
@Suite("compare and runs", .inSlots) struct CompareCommandTests {
    @Test("two runs are compared in every format and listed, and nothing in them changes")
    func twoRuns() async throws {
        let job = try TestJob(JobSetup(problems: 0..<2))
        #expect(try await job.run().code == 0)
        let before = try job.snapshot()
        let root = job.directory.url.deletingLastPathComponent()
        let other = root.appending(path: "other").path
        try FileManager.default.copyItem(atPath: job.directory.url.path, toPath: other)
        let pair = ["compare", job.directory.url.path, other]

        let table = try await job.command(pair)
        #expect(table.code == 0 && table.messages.isEmpty, "\(table.messages)")
        #expect(table.output.contains("2 problems shared"), "\(table.output)")
        let json = try await job.command(pair + ["--json", "--against", "other/rsd"])
        let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(object?["reference"] as? String == "other/rsd")
        #expect((object?["rows"] as? [Any])?.count == 6)
        for format in ["md", "markdown", "csv", "latex", "html", "json"] {
            let file = job.scratch.appending(path: "new/\(format)")
            let printed = try await job.command(pair + ["--format", format])
            let written = try await job.command(pair + ["--format", format, "-o", file.path])
            #expect(printed.code == 0 && written.code == 0 && written.output.isEmpty, "\(written.messages)")
            #expect(try String(contentsOf: file, encoding: .utf8) == printed.output, "\(format)")
        }
        #expect(try job.snapshot() == before)

        let listed = try await job.command(["runs", root.path, "--json"])
        let runs = try JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]]
        #expect(runs?.map { $0["state"] as? String } == ["finished", "finished"])
    }

    @Test("what cannot be compared is refused with its exit code")
    func refusals() async throws {
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        #expect(try await job.run().code == 0)
        let path = job.directory.url.path
        #expect(try await job.command(["compare"]).code == 64)
        #expect(try await job.command(["compare", job.scratch.path]).code == 2)
        #expect(try await job.command(["compare", path, "--json", "--format", "csv"]).code == 64)
        let mistyped = try await job.command(["compare", path, "--against", "draft-only"])
        #expect(mistyped.code == 2 && mistyped.messages.contains("did you mean 'draft_only'"), "\(mistyped.messages)")
        try Data("{}".utf8).write(to: job.directory.manifest)
        #expect(try await job.command(["compare", path]).code == 5)
        #expect(try await job.command(["runs", path + "/none"]).code == 2)
        let empty = try await job.command(["runs", job.directory.logs.path])
        #expect(empty.code == 0 && empty.output.isEmpty && empty.messages.contains("no runs"), "\(empty.messages)")
    }
}
