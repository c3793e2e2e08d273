import Foundation
import Testing

@testable import Decoding
@testable import Graders
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("The simulation") struct SimulationTests {
    static func models(_ job: LoadedJob, luck: UInt64 = 0) -> SimulatedModels {
        SimulatedModels(
            workload: Assumptions(job.spec.decoding).cases[0], delimiter: job.spec.decoding.delimiter,
            temperature: job.spec.decoding.temperature, promptBytes: { _ in 100 }, luck: luck)
    }

    static func job(
        methods: String, temperature: String = "0", lookahead: String = "auto", seed: String = "7", problems: Int = 12
    ) throws -> LoadedJob {
        let fixture = try SpecFixture()
        try fixture.distinguishTarget()
        try fixture.write(
            (0..<problems).map { #"{"question": "\#($0)?", "answer": "\#($0)"}"# }.joined(separator: "\n"),
            to: "problems.jsonl")
        try fixture.writeJob(
            ("  - { rsd: { threshold: 0.7 } }\n  - target_only", "  \(methods)"), ("seed: 7", "seed: \(seed)"),
            ("temperature: 0", "temperature: \(temperature), lookahead: \(lookahead)"))
        return try fixture.load()
    }

    @Test("a method of one model asks once for each problem, and its engine comes up once")
    func oneModel() throws {
        let job = try Self.job(methods: "[target_only]")
        let counts = try Simulation(
            job: job, residency: .swap, groups: [["target"]], models: Self.models(job)
        ).run()
        #expect(counts.asked == 12 && counts.shared == 0 && counts.waves == 1)
        #expect(counts.starts == [.target: 1] && counts.swaps == 0 && counts.wakes.isEmpty)
    }

    @Test("engines come up as the residency has it")
    func engines() throws {
        let job = try Self.job(methods: "[{ rsd: { weighting: constant, p: 0.5 } }]")
        func counts(_ residency: ResidencyKind, _ groups: [[EngineID]]) throws -> RunCounts {
            try Simulation(job: job, residency: residency, groups: groups, models: Self.models(job)).run()
        }
        let apart: [[EngineID]] = [["draft"], ["prm"], ["target"]]
        let swapped = try counts(.swap, apart)
        let starts = swapped.starts.values.reduce(0, +)
        #expect(swapped.waves > 1 && starts > 3)
        // Each that comes up but the first pushes another out.
        #expect(swapped.swaps == starts - 1)
        let asleep = try counts(.sleep, apart)
        #expect(asleep.starts == [.draft: 1, .prm: 1, .target: 1])
        #expect(asleep.wakes.values.reduce(0, +) == starts - 3)
        #expect(asleep.swaps == swapped.swaps)
        let together = try counts(.share, [["draft", "prm", "target"]])
        #expect(together.starts == [.draft: 1, .prm: 1, .target: 1] && together.swaps == 0)
        #expect(try counts(.attach, [["draft", "prm", "target"]]).starts.isEmpty)
        // What is asked does not depend on who is up with whom.
        #expect(Set([swapped, asleep, together].map(\.asked)).count == 1)
        #expect(swapped.work[.target]?.written == together.work[.target]?.written)
    }

    @Test("with all engines together for the last trajectories, fewer come up, and the work is the same")
    func tail() throws {
        let job = try Self.job(methods: "[{ rsd: { weighting: constant, p: 0.5 } }]")
        func counts(_ residency: ResidencyKind, _ tail: TailSpec) throws -> RunCounts {
            let costs = ArrivalCosts(starts: [:], next: [:], later: [:])
            return try Simulation(
                job: job, residency: residency, groups: [["draft"], ["prm"], ["target"]], models: Self.models(job),
                tail: TailRule(tail, leastGain: 0, costs: costs) { _ in 99 }
            ).run()
        }
        for residency in [ResidencyKind.swap, .sleep] {
            let (apart, together) = (try counts(residency, .never), try counts(residency, .last(6)))
            #expect(
                together.asked == apart.asked && together.work.mapValues(\.written) == apart.work.mapValues(\.written))
            #expect(together.waves == apart.waves && together.swaps < apart.swaps)
            let few = apart.byWave.first { $0.trajectories <= 6 }?.number ?? 0
            #expect(few > 1 && apart.byWave.count > few, "\(apart.byWave)")
            #expect(apart.byWave.map(\.number) == Array(1...apart.byWave.count))
            #expect(apart.byWave.flatMap(\.starts.values).reduce(0, +) == apart.starts.values.reduce(0, +))
            #expect(apart.byWave.flatMap(\.wakes.values).reduce(0, +) == apart.wakes.values.reduce(0, +))
            let last = try #require(together.byWave.last)
            #expect(last.starts == [.draft: 1, .prm: 1, .target: 1] || last.number < few, "\(together.byWave)")
        }
    }

    @Test("where the target judges, it scores and writes in one turn of its engine")
    func targetJudges() throws {
        let job = try Self.job(methods: "[{ specreason: { threshold: 6 } }]")
        let counts = try Simulation(
            job: job, residency: .swap, groups: [["draft"], ["target"]], models: Self.models(job)
        ).run()
        #expect(counts.waves > 1)
        #expect(counts.starts[.draft, default: 0] <= counts.waves && counts.starts[.target, default: 0] <= counts.waves)
        let target = try #require(counts.work[.target])
        #expect(target.read > target.written && target.written > 0)
        #expect(counts.work[.prm] == nil)
    }

    @Test("a PRM that reads the solution again for each step reads more, and has as many verdicts")
    func stepsApart() throws {
        let job = try Self.job(methods: "[{ best_of_n: { n: 2, score: min } }]", lookahead: "all")
        func counts(_ readsStepsApart: Bool) throws -> RunCounts {
            var models = Self.models(job)
            models.readsStepsApart = readsStepsApart
            return try Simulation(
                job: job, residency: .swap, groups: [["draft"], ["prm"]], models: models
            ).run()
        }
        let (once, apart) = (try counts(false), try counts(true))
        #expect(try #require(apart.work[.prm]).read > 2 * #require(once.work[.prm]).read)
        #expect(apart.asked == once.asked && apart.work[.draft] == once.work[.draft])
    }

    @Test("answers that are always the likeliest are asked for once, others for each candidate")
    func sameness() throws {
        let job = try Self.job(
            methods: "[{ best_of_n: { n: 4 } }, { process_best_of_n: { n: 4 } }]", temperature: "0.8")
        func asked(_ sameness: Double) throws -> RunCounts {
            var models = Self.models(job)
            var workload = models.workload
            workload.sameness = sameness
            models = SimulatedModels(
                workload: workload, delimiter: models.delimiter, temperature: 0.8, promptBytes: { _ in 100 },
                luck: 0)
            return try Simulation(
                job: job, residency: .share, groups: [["draft", "prm", "target"]], models: models
            ).run()
        }
        let (same, different) = (try asked(1), try asked(0))
        #expect(same.asked + same.shared > same.asked * 3 / 2)
        #expect(different.shared < same.shared)
    }

    @Test("the limits of the job hold in a simulation", arguments: [(1, 5), (64, 1), (7, 3)])
    func limits(tokens: Int, steps: Int) throws {
        var job = try Self.job(methods: "[{ rsd: { threshold: 0.7 } }, target_only]")
        (job.spec.decoding.tokens, job.spec.decoding.maxSteps) = (.response(tokens), steps)
        let counts = try Simulation(
            job: job, residency: .share, groups: [["draft", "prm", "target"]], models: Self.models(job)
        ).run()
        #expect(counts.waves <= steps + 1)
        #expect((counts.work[.target]?.written ?? 0) <= 24 * tokens)
    }
}
