import Foundation
import RunStore
import RunnerSupport
import Testing

/// A draft that is named as on the hub, in a cache made by hand.
@Suite("A run with a model of the hub", .inSlots) struct HubModelRunTests {
    private static let first = String(repeating: "a1", count: 20)
    private static let second = String(repeating: "b2", count: 20)

    private let job: TestJob
    private let folder: URL
    private let environment: [String: String]

    init() throws {
        try self.init(JobSetup(problems: 0..<1, methods: "[draft_only]", draft: "Toy/Draft"))
    }

    private init(_ setup: JobSetup) throws {
        job = try TestJob(setup)
        folder = job.scratch.appending(path: "hub/models--Toy--Draft")
        environment = ["HF_HUB_CACHE": job.scratch.appending(path: "hub").path]
        try add(Self.first, from: "draft")
    }

    /// A snapshot with the files of one of the demo's models, to which `main` then points.
    private func add(_ commit: String, from model: String) throws {
        let snapshot = folder.appending(path: "snapshots/\(commit)")
        for place in [snapshot, folder.appending(path: "refs")] {
            try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        }
        let source = Programs.repository.appending(path: "demo/models/\(model)").path
        for name in try FileManager.default.contentsOfDirectory(atPath: source) {
            try FileManager.default.createSymbolicLink(
                atPath: snapshot.appending(path: name).path, withDestinationPath: "\(source)/\(name)")
        }
        try Data(commit.utf8).write(to: folder.appending(path: "refs/main"))
    }

    private func write(draft: String?) throws {
        var setup = job.setup
        setup.draft = draft
        try job.write(setup)
    }

    @Test("it keeps its commit when the branch moves, goes on with the same files elsewhere, and refuses others")
    func commits() async throws {
        let run = try await job.run(environment: environment)
        #expect(run.code == 0, "\(run.messages)")
        let results = try job.results()
        let yaml = try String(contentsOf: job.directory.job, encoding: .utf8)
        #expect(yaml.contains("{ model: Toy/Draft, revision: \(Self.first) }"), "\(yaml)")
        let report = try await job.command(
            ["report", job.directory.url.path, "--format", "md"], environment: environment)
        #expect(report.output.contains("draft Draft"), "\(report.output)")

        try add(Self.second, from: "target")
        let moved = try await job.run(environment: environment)
        #expect(moved.code == 0, "\(moved.messages)")
        let own = try await job.command(
            ["run", job.directory.job.path, "--run-dir", job.directory.url.path], environment: environment)
        #expect(own.code == 0, "\(own.messages)")

        try write(draft: nil)
        let elsewhere = try await job.run()
        #expect(elsewhere.code == 0, "\(elsewhere.messages)")
        #expect(try job.results() == results)
        #expect(try Manifest.read(job.directory.manifest)?.hub?["draft"]?.commit == Self.first)

        try write(draft: "Toy/Draft")
        let other = try await job.run(["--set", "models.draft.revision=\(Self.second)"], environment: environment)
        #expect(other.code == 5, "\(other.messages)")
        #expect(other.messages.contains("Toy/Draft@\(Self.first) → Toy/Draft@\(Self.second)"), "\(other.messages)")
        // Neither the cache nor the model is needed to look at a run.
        let status = try await job.command(["status", job.directory.url.path])
        #expect(status.code == 0, "\(status.messages)")

        try FileManager.default.removeItem(at: folder.appending(path: "snapshots/\(Self.first)"))
        let lost = try await job.run(environment: environment)
        #expect(lost.code == 2, "\(lost.messages)")
        #expect(lost.messages.contains("rsd-batch fetch \(job.directory.job.path)"), "\(lost.messages)")
        let without = try await job.command(
            ["submit", job.file.path, "--shards", "2"], environment: ["HF_HUB_CACHE": "/nowhere"])
        #expect(without.code == 2 && without.messages.contains("Toy/Draft"), "\(without.messages)")
    }

    @Test("a server that serves it under its name on the hub is found") func attach() async throws {
        let servers = try await DemoServers(names: ["draft": "Toy/Draft"])
        var setup = servers.setup
        (setup.problems, setup.methods, setup.draft) = (0..<1, "[draft_only]", "Toy/Draft")
        let tests = try Self(setup)
        let run = try await tests.job.run(environment: tests.environment)
        #expect(run.code == 0, "\(run.messages)")
        withExtendedLifetime(servers) {}
    }
}
