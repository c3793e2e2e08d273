import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

/// Lists in a spec that stand for several methods, or several seeds.
@Suite("Sweeps") struct SweepTests {
    private func job(_ method: String, seed: String = "7") throws -> LoadedJob {
        let fixture = try SpecFixture()
        try fixture.writeJob(("- { rsd: { threshold: 0.7 } }", "- \(method)"), ("seed: 7", "seed: \(seed)"))
        return try fixture.load()
    }

    @Test("each element of a list is a method")
    func list() throws {
        let methods = try job("rsd: { threshold: [0.6, 0.7] }").spec.methods
        #expect(methods.map(\.name) == ["rsd-0.6", "rsd-0.7", "target_only"])
        #expect(methods.prefix(2).map(\.kind) == [0.6, 0.7].map { .rsd(.binaryStep(threshold: $0)) })
        let weightings = try job("rsd: { weighting: [clipping, sigmoidal] }").spec.methods
        #expect(weightings.map(\.name) == ["rsd-clipping", "rsd-sigmoidal", "target_only"])
    }

    @Test("several lists make every combination")
    func combinations() throws {
        let methods = try job("majority: { name: m, n: [4, 8], model: [draft, target] }").spec.methods
        #expect(methods.map(\.name) == ["m-4-draft", "m-4-target", "m-8-draft", "m-8-target", "target_only"])
        #expect(methods[3].kind.roles == [.target])
    }

    @Test("each combination is checked")
    func checked() throws {
        for (method, message) in [
            ("rsd: { threshold: [0.6, 1.7] }", "'threshold' must be from 0 to 1, found 1.7"),
            ("rsd: { threshold: [0.6, 0.6] }", "a method named 'rsd-0.6' is already defined on line"),
            ("rsd: { threshold: [] }", "'threshold' is an empty list"),
            ("rsd: { name: [a, b] }", "'name' must be a single name"),
            (
                "beam_search: { beams: 4, n: [8, 10] }",
                "'n' must be a multiple of 'beams' and larger, found 10 candidates"
            ),
            ("majority: { n: 1 }", "'n' must be at least 2"),
            ("process_best_of_n: { n: 4, temperature: 0 }", "more than 0"),
        ] {
            let error = #expect(throws: SpecErrors.self) { try job(method) }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "no error")")
        }
        let error = #expect(throws: SpecErrors.self) { try job("draft_only", seed: "[1, 2, 1]") }
        #expect(error?.description.contains("duplicate seed 1") == true)
    }

    @Test("each seed is a sample of every problem")
    func seeds() throws {
        let job = try job("majority: { n: 4 }", seed: "[5, 6]")
        let ids = TrajectorySet(job).map(\.id)
        #expect(
            ids.prefix(4).map(\.description) == [
                "majority/heldout/0/0", "majority/heldout/0/1", "majority/heldout/1/0", "majority/heldout/1/1",
            ])
        #expect(ids.count == job.trajectoryCount)
        let trajectories = TrajectorySet(job)
        let seeds = try ids.prefix(2).map { id in
            InferenceRequest(try #require(trajectories[id]?.needs[1]), of: id, in: RequestScope(job)).seed
        }
        #expect(
            seeds
                == [5, 6].enumerated().map { sample, seed in
                    Draw(runSeed: seed, trajectory: ids[sample]).requestSeed(step: 0, role: .draft, candidate: 1)
                })
    }

    @Test("methods that ask alike share their requests")
    func sharedRequests() throws {
        let job = try job("rsd: { threshold: [0.6, 0.7] }")
        let trajectories = TrajectorySet(job)
        let keys = try trajectories.map(\.id).prefix(6).map { id in
            InferenceRequest(try #require(trajectories[id]?.needs.first), of: id, in: RequestScope(job)).fingerprint
        }
        #expect(Set(keys).count == 3)
        #expect(keys.prefix(3) == keys.suffix(3))
    }
}
