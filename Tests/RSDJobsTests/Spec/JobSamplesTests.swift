@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support
import Testing

/// `samples`, and sampling by method.
@Suite("Samples of a job") struct JobSamplesTests {
    private func job(_ changes: (String, String)...) throws -> LoadedJob {
        let fixture = try SpecFixture()
        try fixture.writeJob(changes)
        return try fixture.load()
    }

    private static let rsd = "{ rsd: { threshold: 0.7 } }"

    /// The first requests of all trajectories.
    private func requests(_ job: LoadedJob) throws -> [TrajectoryID: InferenceRequest] {
        let trajectories = TrajectorySet(job)
        return Dictionary(
            uniqueKeysWithValues: try trajectories.map { trajectory in
                (
                    trajectory.id,
                    InferenceRequest(try #require(trajectory.needs.first), of: trajectory.id, in: RequestScope(job))
                )
            })
    }

    @Test("each method has the job's samples, or its own number of them")
    func counts() throws {
        let job = try job(
            ("seed: 7", "seed: 7\nsamples: 3"), (Self.rsd, "{ rsd: { samples: 5 } }"),
            ("- target_only", "- target_only: { samples: 1 }\n  - majority: { n: 2 }"))
        let ids = TrajectorySet(job).map(\.id)
        #expect(job.trajectoryCount == 3 * (5 + 1 + 3) && ids.count == 27)
        #expect(ids.prefix(6).map(\.sample) == [0, 1, 2, 3, 4, 0])
        #expect(ids[15..<18].map(\.description) == (0..<3).map { "target_only/heldout/\($0)/0" })
        #expect(job.spec.solutionsPerProblem == 5 + 1 + 3 * 2)
        // Two methods need not be there for two trajectories to share a response.
        #expect(job.spec.trajectoriesPerProblem == 9)
    }

    @Test("a sample is the same however many there are", arguments: [("seed: 7", 1), ("seed: [7, 8]", 2)])
    func prefix(seed: String, fewest: Int) throws {
        let warm = ("temperature: 0", "temperature: 0.7")
        let one = try requests(job(warm, ("seed: 7", seed)))
        #expect(one.count == 6 * fewest)
        guard fewest == 1 else { return }
        let four = try requests(job(warm, ("seed: 7", "seed: 7\nsamples: 4")))
        let eight = try requests(job(warm, ("seed: 7", "seed: 7\nsamples: 8")))
        #expect((four.count, eight.count) == (24, 48))
        for (few, many) in [(one, four), (four, eight)] {
            for (id, request) in few {
                #expect(many[id]?.fingerprint == request.fingerprint && many[id]?.seed == request.seed, "\(id)")
            }
        }
        // No two samples of a problem are drawn alike.
        #expect(Set(eight.filter { $0.key.method == "rsd" }.map(\.value.fingerprint)).count == 24)
    }

    @Test("as many samples as seeds are what the seeds alone are, and a method may take the first of them")
    func seeds() throws {
        let alone = try job(("seed: 7", "seed: [5, 6]"), ("temperature: 0", "temperature: 0.5"))
        let both = try job(("seed: 7", "seed: [5, 6]\nsamples: 2"), ("temperature: 0", "temperature: 0.5"))
        #expect(SpecIdentity(alone).hash == SpecIdentity(both).hash)
        let fewer = try job(
            ("seed: 7", "seed: [5, 6]"), (Self.rsd, "{ rsd: { samples: 1 } }"), ("temperature: 0", "temperature: 0.5"))
        let (all, first) = (try requests(alone), try requests(fewer))
        #expect(first.count == 9)
        for (id, request) in first { #expect(all[id]?.fingerprint == request.fingerprint) }
    }

    // MARK: Sampling

    private func sampling(_ need: Need?) -> Sampling? {
        guard case .generate(let wanted)? = need else { return nil }
        return wanted.sampling
    }

    @Test("each method is sampled as it says, and otherwise as the job says")
    func sampling() throws {
        let job = try job(
            ("temperature: 0", "temperature: 0.2, top_p: 0.9"),
            (Self.rsd, "{ rsd: { temperature: 0.7 } }"),
            (
                "- target_only",
                "- target_only: { temperature: 0, top_p: 0.5 }\n  - draft_only\n  - majority: { n: 2, top_p: 0.6 }"
            ))
        let expected: [String: Sampling] = [
            "rsd": Sampling(temperature: 0.7, topP: 0.9), "target_only": Sampling(temperature: 0, topP: 0.5),
            "draft_only": Sampling(temperature: 0.2, topP: 0.9), "majority": Sampling(temperature: 0.7, topP: 0.6),
        ]
        for trajectory in TrajectorySet(job) {
            #expect(sampling(trajectory.needs.first) == expected[trajectory.id.method], "\(trajectory.id)")
        }
        for method in job.spec.methods { #expect(job.spec.sampling(of: method) == expected[method.name]) }
    }

    @Test("every step of rsd is sampled alike, also those of the target")
    func steps() throws {
        let job = try job((Self.rsd, "{ rsd: { temperature: 0.7 } }"))
        var trajectory = try #require(TrajectorySet(job).first)
        let step = StepText(text: "a\n\n", tokens: 2)
        try trajectory.apply(
            .generated(
                Generated(
                    role: .draft, steps: [step, StepText(text: "b", tokens: 1)], end: .eos, promptTokens: 3)))
        try trajectory.apply(.scored(Scored(rewards: [0.1, 0.1], tokens: [2, 1], promptTokens: 6)))
        #expect(trajectory.needs.map(\.role) == [.target])
        #expect(sampling(trajectory.needs.first) == Sampling(temperature: 0.7, topP: 1))
    }

    @Test("a list of temperatures makes a method of each")
    func sweep() throws {
        let methods = try job((Self.rsd, "{ rsd: { temperature: [0, 0.7], samples: 2 } }")).spec.methods
        #expect(methods.map(\.name) == ["rsd-0", "rsd-0.7", "target_only"])
        #expect(methods.map(\.samples) == [2, 2, nil] && methods.map(\.temperature) == [0, 0.7, nil])
    }

    @Test("methods share a response only if it is drawn alike")
    func sharing() throws {
        func fingerprints(_ settings: String) throws -> Set<RequestFingerprint> {
            let job = try job(
                (Self.rsd, "{ draft_only: { \(settings) } }"), ("- target_only", "- draft_only: { name: other }"))
            return Set(try requests(job).filter { $0.key.problem == "0" }.map(\.value.fingerprint))
        }
        #expect(try fingerprints("temperature: 0").count == 1)
        // Nothing is drawn.
        #expect(try fingerprints("top_p: 0.5").count == 1)
        #expect(try fingerprints("temperature: 0.5").count == 2)
        #expect(Sampling(temperature: 0, topP: 0.5).draws(like: Sampling(temperature: 0, topP: 1)))
        #expect(!Sampling(temperature: 0.5, topP: 0.5).draws(like: Sampling(temperature: 0.5, topP: 1)))
    }

    // MARK: Warnings

    @Test(
        "equal samples are warned of, once",
        arguments: [
            ("samples: 4", "{ rsd: { threshold: 0.7 } }", "'rsd' and 1 other method"),
            ("samples: 4", "{ rsd: { temperature: 0.7 } }", "'target_only'"),
            ("samples: 4", "{ rsd: { weighting: clipping } }", "'target_only'"),
            ("samples: 4", "{ rsd: { weighting: constant, p: 1 } }", "'rsd' and 1 other method"),
            ("samples: 4", "{ majority: { n: 3 } }", "'target_only'"),
            ("samples: 1", "{ rsd: { threshold: 0.7, samples: 2 } }", "'rsd'"),
            ("samples: 1", "{ rsd: { threshold: 0.7 } }", nil),
            ("samples: 1", "{ rsd: { temperature: 0.7, samples: 2 } }", nil),
        ])
    func warnings(samples: String, method: String, named: String?) throws {
        let warnings = try job(("seed: 7", "seed: 7\n\(samples)"), (Self.rsd, method)).warnings
        #expect(warnings.count == (named == nil ? 0 : 1))
        if let named {
            #expect(warnings[0].severity == .warning && warnings[0].line != nil)
            #expect(warnings[0].message.hasPrefix("all samples of a problem by \(named) are the same"))
        }
    }
}
