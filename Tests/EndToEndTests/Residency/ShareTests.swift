import Foundation
import RunnerSupport
import Testing

/// All engines up at once, or in groups.
@Suite("Engines that share the GPU", .inSlots) struct ShareTests {
    @Test("with all engines up there are three starts, no swaps and the same bytes")
    func share() async throws {
        let job = try TestJob(JobSetup(engine: ["residency: share"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.coldStarts == 3)
        #expect(figures.swaps == 0)
    }

    @Test("trajectories do not wait for each other: two engines are at work at the same time")
    func overlap() async throws {
        let job = try TestJob(
            JobSetup(problems: 0..<8, arguments: ["delay-ms: 20"], engine: ["residency: share", "concurrency: 2"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try Busy(job.records()).seconds(atLeast: 2) > 0)
    }

    @Test("models that fit together stay together: a wave costs two swaps")
    func groups() async throws {
        let job = try TestJob(JobSetup(engine: ["groups: [[draft, prm], [target]]"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        var groups: [[String]] = []
        for case .phase(_, let engines, _, _) in try job.records() { groups.append(engines) }
        #expect(Set(groups) == [["draft", "prm"], ["target"]])
    }

    @Test("an engine that dies among others is started again, and the others stay")
    func deathOfOne() async throws {
        let job = try TestJob(
            JobSetup(faults: ["die-after=4"], faultsActOnce: true, engine: ["residency: share"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        #expect(try job.engineStarts().count == 4)
    }
}
