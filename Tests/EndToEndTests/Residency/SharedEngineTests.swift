import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore

/// A checkpoint that plays two parts is loaded once.
@Suite("Roles that share an engine", .inSlots) struct SharedEngineTests {
    private static let target = Programs.repository.appending(path: "demo/models/target").path

    @Test(
        "a draft that is the target is loaded with it, and the results are those of two engines",
        arguments: ["swap", "share"])
    func draftIsTarget(residency: String) async throws {
        var setup = JobSetup(engine: ["residency: \(residency)"])
        setup.draft = Self.target
        let together = try TestJob(setup)
        let run = try await together.run()
        #expect(run.code == 0, "\(run.messages)")
        let records = try together.records()
        #expect(Set(records.loads) == ["draft", "prm"])
        #expect(Set(try together.engineStarts().map(\.engine)) == ["draft", "prm"])
        if residency == "share" { #expect(records.loads.count == 2) }
        #expect(Set(try together.summary().run.seconds.busy.keys) == ["draft", "prm"])

        // By another path it is another checkpoint.
        let scratch = try Scratch()
        setup.draft = scratch.path("target")
        try FileManager.default.createSymbolicLink(atPath: scratch.path("target"), withDestinationPath: Self.target)
        let apart = try TestJob(setup)
        #expect(try await apart.run().code == 0)
        #expect(Set(try apart.records().loads) == ["draft", "prm", "target"])
        #expect(try apart.results() == together.results())
    }

    @Test("killed and run again, it ends the same")
    func resumed() async throws {
        var setup = JobSetup(arguments: ["delay-ms: 50"], engine: ["concurrency: 2"])
        setup.draft = Self.target
        let job = try TestJob(setup)
        for count in [3, 9] { #expect(try await job.runAndKill(afterEvents: count)) }
        #expect(try await job.run().code == 0)
        #expect(try job.results() == (await job.reference()))
    }

    @Test("a plan has one load for it and one line of memory")
    func plan() async throws {
        var setup = JobSetup(engine: ["residency: share"])
        setup.draft = Self.target
        let job = try TestJob(setup)
        let plan = try await Job.plan(JobLoader.load(job.file))
        #expect(plan.models.map(\.role) == [.draft, .prm] && plan.models.map(\.also) == [[.target], nil])
        #expect(plan.groups.map(\.roles) == [[.draft, .target, .prm]])
        #expect(plan.figures.first { $0.name == .starts }?.range.expected == 2)
    }
}

extension [JournalRecord] {
    fileprivate var loads: [String] { compactMap { if case .load(let load) = $0 { load.engine } else { nil } } }
}
