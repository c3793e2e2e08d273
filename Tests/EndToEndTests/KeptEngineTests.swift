import Foundation
import RunStore
import RunnerSupport
import Testing

/// Engines that stay up from one job of a queue to the next.
@Suite("Engines of several jobs in one command", .inSlots) struct KeptEngineTests {
    private static let shared = JobSetup(engine: ["residency: share"])
    private static let single = JobSetup(problems: 0..<2, methods: "[draft_only]")
    private static let all = ["draft", "prm", "target"]

    private func expectEnded(_ folder: JobFolder, _ names: String...) throws {
        for name in names {
            #expect(try folder.living(of: name).isEmpty, "\(name)")
            #expect(!folder.ledger(of: name).contains { !$0.isStopped }, "\(name)")
        }
    }

    private func expectResults(_ folder: JobFolder, _ names: String...) async throws {
        let reference = try await folder.job.reference()
        for name in names { #expect(folder.run(name).resultsContent == reference, "\(name)") }
    }

    private func loads(_ folder: JobFolder, _ name: String) throws -> Int {
        try JournalReader.read(folder.run(name).journal).records.count { record in
            if case .load = record { true } else { false }
        }
    }

    @Test(
        "jobs with the same models share one start of each engine, and have the results of separate runs",
        arguments: ["residency: share", "residency: sleep", "warm: true"])
    func same(engine: String) async throws {
        let isSwap = engine == "warm: true"
        let folder = try JobFolder(
            isSwap
                ? JobSetup(problems: 0..<2, methods: "[draft_only]", engine: [engine])
                : JobSetup(engine: [engine]))
        for name in ["a", "b", "c"] { try folder.write(name) }
        let run = try await folder.run("a.yaml b.yaml c.yaml")
        #expect(run.code == 0, "\(run.messages)")
        #expect(folder.starts(of: "a") == (isSwap ? ["draft", "fork"] : Self.all))
        for name in ["b", "c"] {
            #expect(folder.starts(of: name).isEmpty && folder.ledger(of: name).count == folder.ledger(of: "a").count)
            #expect(try loads(folder, name) == 0)
        }
        #expect(run.messages.matches(of: /kept from the job before: draft/).count == 2, "\(run.messages)")
        try await expectResults(folder, "a", "b", "c")
        try expectEnded(folder, "a", "b", "c")
    }

    @Test("a job with other models or other arguments ends the engines that it does not need before it starts its own")
    func others() async throws {
        let folder = try JobFolder(Self.single)
        try folder.write("a")
        try folder.write("b", ("draft_only", "target_only"))
        try folder.write("c", ("args: { ", "args: { delay-ms: 1, "))
        try folder.write("d", ("args: { ", "args: { delay-ms: 1, "), ("stop_grace: 5.0", "stop_grace: 4"))
        let run = try await folder.run("a.yaml b.yaml c.yaml d.yaml")
        #expect(run.code == 0, "\(run.messages)")
        #expect(folder.starts(of: "a") == ["draft"] && folder.starts(of: "b") == ["target"])
        #expect(folder.starts(of: "c") == ["draft"] && folder.starts(of: "d") == [])
        try await expectResults(folder, "a", "c", "d")
        try expectEnded(folder, "a", "b", "c", "d")
    }

    @Test("engines stay up over jobs that are finished, and over one that is refused before it starts any")
    func over() async throws {
        let folder = try JobFolder(Self.single)
        for name in ["a", "b", "c", "d"] { try folder.write(name) }
        #expect(try await folder.run("b.yaml c.yaml").code == 0)
        try folder.write("c", ("max_tokens: 60", "max_tokens: 30"), ("temperature", "temperature"))
        let run = try await folder.run("a.yaml b.yaml c.yaml d.yaml")
        #expect(run.code == 5 || run.code == 2, "\(run.messages)")
        #expect(folder.starts(of: "a") == ["draft"] && folder.starts(of: "d").isEmpty, "\(run.messages)")
        try await expectResults(folder, "a", "b", "d")
        try expectEnded(folder, "a", "b", "c", "d")
    }

    @Test("a job that fails leaves no engine to the next")
    func failing() async throws {
        let folder = try JobFolder(Self.single)
        for name in ["a", "b", "c"] { try folder.write(name) }
        // The engine that a leaves to b dies at its fifth request, and so do the ones after it.
        for name in ["a", "b"] {
            try folder.write(name, ("args: { ", "args: { fault: [\"die-after=3\"], "))
        }
        let run = try await folder.run("a.yaml b.yaml c.yaml")
        let code = run.code
        #expect(folder.starts(of: "c") == ["draft"], "\(code) \(run.messages)")
        try await expectResults(folder, "c")
        try expectEnded(folder, "a", "b", "c")
    }

    @Test(
        "after kill -9 in the second job, the next start of either ends the engine that was kept",
        arguments: ["a", "b"])
    func killed(next: String) async throws {
        // It outlives its runner.
        let folder = try JobFolder(
            JobSetup(
                problems: 0..<3, methods: "[draft_only]", faults: ["ignore-sigterm"], arguments: ["delay-ms: 100"],
                stopGrace: 0.2, engine: ["concurrency: 1"]))
        for name in ["a", "b"] { try folder.write(name) }
        let queue = try folder.start("a.yaml b.yaml")
        try #require(await queue.reached { folder.events(of: "b") > 0 }, "\(queue.standardError)")
        let engine = try #require(folder.ledger(of: "b").first?.pid)
        queue.send(SIGKILL)
        #expect(await queue.exitCode() == 137)
        #expect(!ProcessFacts.isDead(engine) && folder.starts(of: "b").isEmpty)
        let again = try await folder.run("\(next).yaml")
        #expect(again.code == 0, "\(again.messages)")
        #expect(ProcessFacts.isDead(engine))
        try expectEnded(folder, next)
        #expect(try await folder.run("a.yaml b.yaml").code == 0)
        try await expectResults(folder, "a", "b")
        try expectEnded(folder, "a", "b")
    }

    @Test("a start of the first job, while the second works with its engine, leaves the engine alone")
    func neighbour() async throws {
        let folder = try JobFolder(
            JobSetup(problems: 0..<3, methods: "[draft_only]", arguments: ["delay-ms: 100"], engine: ["concurrency: 1"])
        )
        for name in ["a", "b"] { try folder.write(name) }
        let queue = try folder.start("a.yaml b.yaml")
        try #require(await queue.reached { folder.events(of: "b") > 0 }, "\(queue.standardError)")
        let again = try await folder.run("a.yaml")
        #expect(again.code == 0 && !again.messages.contains("left"), "\(again.messages)")
        #expect(await queue.exitCode() == 0, "\(queue.standardError)")
        #expect(folder.starts(of: "a") == ["draft"] && folder.starts(of: "b").isEmpty, "\(queue.standardError)")
        try await expectResults(folder, "a", "b")
        try expectEnded(folder, "a", "b")
    }

    @Test("a signal in the second job ends the engine that was kept, and the same command resumes")
    func interrupted() async throws {
        let folder = try JobFolder(
            JobSetup(
                problems: 0..<3, methods: "[draft_only]", arguments: ["delay-ms: 100"],
                engine: ["concurrency: 1", "warm: true"]))
        for name in ["a", "b", "c"] { try folder.write(name) }
        let queue = try folder.start("a.yaml b.yaml c.yaml")
        try #require(await queue.reached { folder.events(of: "b") > 0 }, "\(queue.standardError)")
        queue.send(SIGTERM)
        #expect(await queue.exitCode() == 75, "\(queue.standardError)")
        try expectEnded(folder, "a", "b")
        let again = try await folder.run("a.yaml b.yaml c.yaml")
        let starts = (folder.starts(of: "b") + folder.starts(of: "c")).count { $0 == "draft" }
        #expect(again.code == 0 && starts == 1, "\(again.messages)")
        try await expectResults(folder, "a", "b", "c")
        try expectEnded(folder, "a", "b", "c")
    }

    @Test("an engine whose checkpoint has changed since it was started is started again")
    func changedCheckpoint() async throws {
        var setup = Self.single
        let scratch = FileManager.default.temporaryDirectory.appending(path: "rsd-draft-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Programs.repository.appending(path: "demo/models/draft"), to: scratch)
        defer { try? FileManager.default.removeItem(at: scratch) }
        setup.draft = scratch.path
        // One after the other: the first response is far from the end of the job.
        setup.arguments = ["delay-ms: 500"]
        setup.engine.append("concurrency: 1")
        let folder = try JobFolder(setup)
        for name in ["a", "b"] { try folder.write(name) }
        let queue = try folder.start("a.yaml b.yaml")
        try #require(await queue.reached { folder.events(of: "a") > 0 }, "\(queue.standardError)")
        try Data().write(to: scratch.appending(path: "note.txt"))
        #expect(await queue.exitCode() == 0, "\(queue.standardError)")
        #expect(folder.starts(of: "b") == ["draft"], "\(queue.standardError)")
        try expectEnded(folder, "a", "b")
    }

    @Test("a job that grades with a command of the user's keeps nothing for the next")
    func ownGrader() async throws {
        let folder = try JobFolder(Self.single)
        let grader = "{ with: command, command: [sh, -c, 'exec sed s/.*/{\"correct\":true}/'] }"
        try folder.write("a", ("grading: { with: exact }", "grading: \(grader)"))
        try folder.write("b")
        let run = try await folder.run("a.yaml b.yaml")
        #expect(folder.starts(of: "a").contains("draft") && folder.starts(of: "b") == ["draft"], "\(run.messages)")
        try expectEnded(folder, "a", "b")
    }
}
