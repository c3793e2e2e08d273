import Foundation
import ModelLifecycle
import RunnerSupport
import Support
import TestServers
import Testing

/// A job whose data set has an address.
@Suite("A data set with a URL", .inSlots) struct FetchedDatasetTests {
    private let job: TestJob
    private let environment: [String: String]
    private let records: Data

    init() throws {
        job = try TestJob(JobSetup(problems: 0..<1, methods: "[draft_only]"))
        environment = ["XDG_CACHE_HOME": job.scratch.appending(path: "cache").path]
        records = try Data(contentsOf: job.scratch.appending(path: "problems.jsonl"))
        try FileManager.default.removeItem(at: job.scratch.appending(path: "problems.jsonl"))
    }

    private func write(address: String, sum: String) throws {
        let yaml = try String(contentsOf: job.file, encoding: .utf8)
        let place = try #require(yaml.range(of: "path: problems.jsonl"))
        try yaml.replacingCharacters(in: place, with: "path: \(address), sha256: \(sum)")
            .write(to: job.file, atomically: true, encoding: .utf8)
    }

    /// Serves the records at every path while the body runs.
    private func serving(_ body: (_ base: String) async throws -> Void) async throws {
        let server = try await TestServer { [records] _ in .init(body: records) }
        try await body(server.base)
        await server.stop()
    }

    @Test("a data set is fetched, and then read without the server")
    func fetchAndRun() async throws {
        let path = job.directory.url.path
        try await serving { base in
            try write(address: "\(base)/problems.jsonl", sum: SHA256.hex(of: records))
            let checked = try await job.command(["validate", job.file.path], environment: environment)
            #expect(checked.code == 0, "\(checked.messages)")
            #expect(checked.messages.contains(#/ fetching heldout from http:\S+\n\S+ fetched heldout, \d+ B\n/#))
        }
        let run = try await job.run(environment: environment)
        #expect(run.code == 0, "\(run.messages)")
        #expect(!run.messages.contains("fetching"))
        let line = try #require(try job.resultLines().first)
        #expect(try await job.command(["show", path, line.id], environment: environment).code == 0)
        #expect(try await job.command(["status", path], environment: environment).code == 0)

        let elsewhere = ["XDG_CACHE_HOME": job.scratch.appending(path: "other").path]
        let lost = try await job.command(["show", path, line.id], environment: elsewhere)
        #expect(lost.code == 2)
        #expect(lost.messages.contains("is not in the cache"), "\(lost.messages)")
        #expect(lost.messages.contains("rsd-batch validate"), "\(lost.messages)")
    }

    @Test("a fetch uses the proxy that the environment names")
    func proxy() async throws {
        try await serving { base in
            try write(address: "http://data.invalid/problems.jsonl", sum: SHA256.hex(of: records))
            let proxied = environment.merging(["http_proxy": base, "no_proxy": "", "NO_PROXY": ""]) { $1 }
            let checked = try await job.command(["validate", job.file.path, "--json"], environment: proxied)
            #expect(checked.code == 0, "\(checked.messages)")
        }
    }

    @Test("another file is refused, at its line of the spec")
    func anotherFile() async throws {
        try await serving { base in
            let sum = SHA256.hex("something else")
            try write(address: "\(base)/problems.jsonl", sum: sum)
            let run = try await job.run(["--quiet"], environment: environment)
            #expect(run.code == 2, "\(run.messages)")
            #expect(run.messages.contains(#/job\.yaml:\d+:\d+: error: /#), "\(run.messages)")
            for sum in [sum, SHA256.hex(of: records)] { #expect(run.messages.contains(sum), "\(run.messages)") }
            #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
            let verdict = try await job.command(["validate", job.file.path, "--json"], environment: environment)
            #expect(verdict.output.contains("\"valid\" : false"), "\(verdict.output)")
            let nowhere = ["validate", job.file.path, "--set", "models.draft.model=/nowhere"]
            let both = try await job.command(nowhere, environment: environment)
            #expect(both.code == 2 && both.messages.contains("2 errors"), "\(both.messages)")
        }
    }
}
