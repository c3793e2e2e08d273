import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
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

    @Test("the number of beams follows from their width, and a score has two names")
    func width() throws {
        let methods = try job("dvts: { width: 4, n: [4, 16] }").spec.methods
        #expect(methods.map(\.name) == ["dvts-4", "dvts-16", "target_only"])
        #expect(methods.prefix(2).map { $0.kind.settings.yaml.first?.value } == ["1", "4"])
        let beams = try job("beam_search: { n: 8, width: 4 }").spec.methods
        #expect(beams[0].kind == (try job("beam_search: { n: 8, beams: 2 }").spec.methods[0].kind))
        let scores = try job("best_of_n: { n: 8, score: [product, prod] }").spec.methods
        #expect(scores.map(\.name) == ["best_of_n-product", "best_of_n-prod", "target_only"])
        #expect(scores[0].kind == scores[1].kind)
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
            (
                "dvts: { width: 4, n: [8, 10] }",
                "'n' must be a multiple of 'width', found 10 candidates for a width of 4"
            ),
            ("dvts: { n: 8 }", "missing key 'beams' or 'width' in dvts"),
            ("dvts: { n: 8, beams: 2, width: 4 }", "give either 'beams' or 'width'"),
            ("dvts: { n: 8, beams: 8 }", "'n' must be a multiple of 'beams' and larger"),
            ("beam_search: { n: 8, width: 1 }", "'width' must be at least 2"),
            (
                "beam_search: { n: 8, width: 4, finished: stays }",
                #"unknown value of 'finished' "stays"; did you mean 'stay'?"#
            ),
            ("dvts: { n: 8, width: 4, until: end }", #"unknown value of 'until' "end"; known: answer, eos"#),
            ("best_of_n: { n: 8, choose: weigthed }", "did you mean 'weighted'?"),
            ("best_of_n: { n: 8, score: sum }", #"unknown score "sum"; known: last, min"#),
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

    @Test("scores and choices share all samples and all rewards")
    func sharedRewards() throws {
        func counts(_ methods: String) throws -> RunCounts {
            let job = try SimulationTests.job(methods: methods, temperature: "0.8")
            return try Simulation(
                job: job, residency: .swap, groups: [["draft"], ["prm"]], models: SimulationTests.models(job)
            ).run()
        }
        let alone = try counts("[{ best_of_n: { n: 4 } }]")
        let choices = "choose: [best, weighted, majority]"
        let all = try counts(
            "[{ best_of_n: { n: 4, score: [last, min, product, mean], \(choices) } }, { majority: { n: 4 } }]")
        #expect(alone.asked > 12 * 4)
        #expect(all.asked == alone.asked && all.starts == alone.starts)
        #expect(all.work == alone.work)
        // The first step of every search is the same request.
        let one = try counts("[{ process_best_of_n: { n: 4 } }]")
        let searches = try counts(
            "[{ process_best_of_n: { n: 4 } }, { beam_search: { n: 4, width: 2 } }, { dvts: { n: 4, width: 2 } }]")
        #expect(searches.shared >= 2 * 12 * 4 && searches.asked > one.asked)
    }
}
