import Foundation
import TestSupport
import Testing

@testable import Graders
@testable import Checkpoints
@testable import JobSpecs
import ModelLifecycle
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("Plans") struct PlanTests {
    /// A run of the fixture's job whose answers were simulated.
    private static func run(_ job: LoadedJob, in directory: RunDirectory, luck: UInt64) async throws -> StoredRun {
        let models = SimulatedModels(
            workload: Assumptions(job.spec.decoding).cases[2], delimiter: job.spec.decoding.delimiter,
            temperature: job.spec.decoding.temperature, promptBytes: { _ in 40 }, luck: luck)
        let pool = FakePool(engines: FakeEngines { request, _, _ in .give(models.answer(request)) }) { _ in [] }
        _ = try await JobRun(job, in: directory, on: pool).run()
        return try StoredRun(directory)
    }

    private static let counted: [JobPlan.Name] = [.waves, .requests, .sharedAnswers]

    @Test("every figure has its ends in order, and the parts of the time make the whole")
    func order() async throws {
        let plan = try await Job.plan(SpecFixture().load())
        #expect(plan.trajectories == 6 && plan.problems == 3 && plan.methods == 2)
        #expect(plan.models.map(\.role) == [.draft, .prm, .target])
        for figure in plan.figures {
            #expect(
                figure.range.low <= figure.range.expected && figure.range.expected <= figure.range.high, "\(figure)")
        }
        let total = try #require(plan.figures.first { $0.name == .total }).range.expected
        let parts = plan.costs.reduce(0) { $0 + $1.seconds }
        #expect(abs(parts - total) < 1e-9 * total)
        #expect(abs(plan.costs.reduce(0) { $0 + $1.share } - 1) < 1e-9)
        #expect(!plan.basis.isEmpty)
    }

    @Test("a plan says the same each time it is made")
    func repeatable() async throws {
        let job = try SpecFixture().load()
        let (one, other) = (try await Job.plan(job), try await Job.plan(job))
        // What memory is free changes from moment to moment.
        #expect(one.figures == other.figures && one.costs == other.costs && one.basis == other.basis)
    }

    @Test("a run lies within the plan that was learnt from one like it", arguments: [0, 1, 2] as [UInt64])
    func profile(luck: UInt64) async throws {
        let fixture = try SpecFixture()
        try fixture.write(
            (0..<60).map { #"{"question": "\#($0)?", "answer": "\#($0)"}"# }.joined(separator: "\n"),
            to: "problems.jsonl")
        let job = try fixture.load()
        let scratch = try Scratch()
        let seen = try await Self.run(job, in: RunDirectory(scratch.file("seen")), luck: 100)
        let taken = try await Self.run(job, in: RunDirectory(scratch.file("taken")), luck: luck)
        let plan = try await Job.plan(job, profile: seen)
        for row in try PlanComparison(plan, of: job, against: taken).rows where Self.counted.contains(row.name) {
            #expect(row.isWithin, "\(row)")
        }
        // What was learnt from a run says of it what it was.
        let itself = try PlanComparison(plan, of: job, against: seen)
        for row in itself.rows where Self.counted.contains(row.name) {
            #expect(row.isWithin, "\(row)")
            #expect(abs(row.planned.expected - row.taken) <= 0.1 * row.taken + 1, "\(row)")
        }
        #expect(itself.finished == itself.total)
    }

    @Test("a plan is not held against a run of another job, nor learnt from one without answers")
    func unusable() async throws {
        let fixture = try SpecFixture()
        let job = try fixture.load()
        let scratch = try Scratch()
        let run = try await Self.run(job, in: RunDirectory(scratch.url), luck: 0)
        try fixture.writeJob(("threshold: 0.7", "threshold: 0.8"))
        let other = try fixture.load()
        let plan = try await Job.plan(other)
        let foreign = #expect(throws: UnusableRun.self) { try PlanComparison(plan, of: other, against: run) }
        #expect(foreign?.description.contains("run of another job") == true)

        // The line that says whose it is.
        let journal = try Data(contentsOf: run.directory.journal)
        try Data(journal.prefix { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")]).write(
            to: run.directory.journal)
        let empty = try StoredRun(run.directory)
        await #expect(throws: UnusableRun.self) { try await Job.plan(job, profile: empty) }
        let unfinished = try PlanComparison(try await Job.plan(job), of: job, against: empty)
        #expect(unfinished.finished == 0 && unfinished.total == 6)
    }

    @Test("a plan for a GPU by its memory says so if it would differ for an A100")
    func namelessGPU() async throws {
        let fixture = try SpecFixture()
        func says(_ engine: String, _ gibibytes: Double) async throws -> Bool {
            try fixture.writeJob(("kind: pocket\n  concurrency: 8", engine))
            let plan = try await Job.plan(fixture.load(), node: PlannedNode(gpuMemory: .gibibytes(gibibytes)))
            return plan.basis.contains { $0.contains("a GPU other than an A100") }
        }
        #expect(try await says("kind: vllm\n  residency: swap", 80))
        #expect(try await !says("kind: vllm\n  residency: swap", 24))
        #expect(try await !says("kind: vllm\n  residency: swap\n  args: { max-num-seqs: 256 }", 80))
        #expect(try await !says("kind: vllm\n  residency: swap\n  concurrency: 64", 80))
        #expect(try await !says("kind: pocket", 80))
    }

    @Test("several GPUs are at most as fast as they are together, and start later")
    func severalGPUs() {
        let hardware = HardwareAssumptions.gpu
        func speed(_ gpus: ModelSpread, weights: Int) -> EngineSpeed {
            hardware.speed(
                parameters: 70_000_000_000, weights: weights, gpus: gpus, concurrency: 256, isWarm: false)
        }
        let weights = 140_000_000_000
        let one = speed(.one, weights: weights)
        let two = speed(ModelSpread(tensor: 2, pipeline: 1, data: 1), weights: weights / 2)
        for figure in [\EngineSpeed.read, \.written, \.serial] {
            let (alone, together) = (one[keyPath: figure], two[keyPath: figure])
            #expect(abs(together.low - alone.low / 2) < 1e-9 * alone.low)
            #expect(abs(together.expected - alone.expected / 1.6) < 1e-9 * alone.expected)
            #expect(abs(together.high - alone.high) < 1e-9 * alone.high)
        }
        #expect(two.start.expected == one.start.expected + 8)
        // A token still passes through all stages.
        let staged = speed(ModelSpread(tensor: 1, pipeline: 2, data: 1), weights: weights / 2)
        #expect(abs(staged.serial.low - one.serial.low) < 1e-9)
        #expect(hardware.sentences(isWarm: false, gpus: 2).contains { $0.contains("50% to 100%") })
        #expect(hardware.sentences(isWarm: false).allSatisfy { !$0.contains("50%") })
    }

    @Test("with fewer GPUs than a model is spread over, nothing is planned or started")
    func tooFew() throws {
        let devices = (0..<3).map { GPUDevice(index: $0, name: "H100", uuid: "\($0)", total: 80, free: 80) }
        let machine = MachineMemory.gpu(devices, nil)
        #expect(try machine.reduced(to: 2) == .gpu(Array(devices[..<2]), nil))
        #expect(throws: ResidencyImpossible.self) { try machine.reduced(to: 4) }
        let unknown = MachineMemory.unknown("it is dark")
        #expect(try unknown.reduced(to: 4) == unknown)
    }

    @Test("starts of vLLM are reckoned warm, and those of servers and of pocket are not")
    func warmStarts() async throws {
        let fixture = try SpecFixture()
        func plan(_ engine: String) async throws -> JobPlan {
            try fixture.writeJob(("kind: pocket\n  concurrency: 8", engine))
            return try await Job.plan(fixture.load(), node: PlannedNode(gpuMemory: .gibibytes(80)))
        }
        let warm = try await plan("kind: vllm\n  residency: swap")
        #expect(warm.basis.contains { $0.contains("a warm start takes 3 to 110 s (25 likely)") }, "\(warm.basis)")
        #expect(warm.basis.contains { $0.contains("assumed") && $0.contains("`engine: { warm: false }`") })
        let pocket = try await plan("kind: pocket")
        #expect(
            !pocket.basis.contains { $0.contains("warm") } && pocket.basis.contains { $0.contains("a start takes") })

        let (hardware, one, engines) = (HardwareAssumptions.gpu, RunCounts(starts: [.draft: 1]), JobEngines(.sample()))
        func loading(isWarm: Bool) -> Double {
            let speed = hardware.speed(parameters: 1000, weights: 0, concurrency: 1, isWarm: isWarm)
            let imports = isWarm ? hardware.warm?.imports : nil
            let times = one.seconds(of: engines, at: [.draft: speed], imports: imports, \.expected)
            return times.first { $0.name == .loading }?.value ?? 0
        }
        #expect(loading(isWarm: false) == 40 && loading(isWarm: true) == 25 + 10)
        // Where nothing starts, nothing is imported.
        let none = RunCounts().seconds(of: engines, at: [:], imports: PlanRange(exactly: 9), \.expected)
        #expect(none.allSatisfy { $0.value == 0 })
    }

    @Test("what a run's starts took: warm ones and cold ones apart, and said where it had none of a kind")
    func seenStarts() {
        let assumed = PlanRange(low: 3, expected: 25, high: 110)
        func seen(_ loads: [EngineLoad], isWarm: Bool) -> (seconds: PlanRange, caution: String?) {
            let starts = SeenStarts(loads.map(JournalRecord.load))
            return (
                starts.seconds(.draft, isWarm: isWarm, assumed: assumed, slack: 0.5),
                starts.caution([.draft], isWarm: isWarm)
            )
        }
        let cold = [EngineLoad("draft", seconds: 30), EngineLoad("draft", seconds: 50), EngineLoad("prm", seconds: 7)]
        let warm = [
            EngineLoad("draft", seconds: 10, kind: .warm), EngineLoad("draft", seconds: 14, kind: .warm),
        ]
        let both = seen(cold + warm, isWarm: true)
        #expect(both.seconds == PlanRange(low: 6, expected: 12, high: 18) && both.caution == nil)
        #expect(seen(cold + warm, isWarm: false).seconds == PlanRange(low: 20, expected: 40, high: 60))
        // A fork may fail again, as it may have there.
        let onlyCold = seen(cold, isWarm: true)
        #expect(onlyCold.seconds == PlanRange(low: 3, expected: 25, high: 60))
        #expect(onlyCold.caution == "it has no warm starts: their time is assumed")
        let onlyWarm = seen(warm, isWarm: false)
        #expect(onlyWarm.seconds == PlanRange(low: 12, expected: 25, high: 110))
        #expect(onlyWarm.caution == "it has no cold starts: their time is assumed")
        // On servers of somebody else nothing was started.
        let none = seen([], isWarm: true)
        #expect(none.seconds == assumed && none.caution == nil)
    }

    @Test("a plan says what its last waves cost, and what they would cost with all models up together")
    func tail() async throws {
        let fixture = try SpecFixture()
        try fixture.distinguishTarget()
        try fixture.write(
            (0..<40).map { #"{"question": "\#($0)?", "answer": "\#($0)"}"# }.joined(separator: "\n"),
            to: "problems.jsonl")
        func plan(_ engine: String, memory: Double = 80) async throws -> JobPlan {
            try fixture.writeJob(
                ("kind: pocket\n  concurrency: 8", "kind: vllm\n  \(engine)"),
                ("  - { rsd: { threshold: 0.7 } }\n  - target_only", "  [{ rsd: { weighting: constant, p: 0.5 } }]"))
            return try await Job.plan(
                fixture.load(), node: PlannedNode(gpuMemory: .gibibytes(memory), ram: .gibibytes(200)))
        }
        let never = try #require(try await plan("residency: swap\n  tail: never").tail)
        #expect(
            // All engines come up together in the middle of a wave that began with more.
            never.trajectories < 20 && never.firstWave > 1 && never.lastWave >= never.firstWave && !never.isTogether)
        #expect(never.inTurns.starts > 3 && never.inTurns.seconds > 0 && never.inTurns.share > 0.1)
        #expect(never.together?.starts ?? 0 <= 5 && never.together?.seconds ?? 0 < never.inTurns.seconds)
        // The same with the job's own number.
        let last = try #require(try await plan("residency: swap\n  tail: 4").tail)
        #expect(last.isTogether && last.together == never.together && last.inTurns == never.inTurns)
        let asleep = try #require(try await plan("residency: sleep\n  tail: never").tail)
        #expect(asleep.inTurns.starts == 0 && asleep.inTurns.wakes == never.inTurns.starts)
        // Too little memory for all, and all at once from the beginning.
        let apart = try #require(try await plan("residency: swap", memory: 4).tail)
        #expect(apart.together == nil && !apart.isTogether)
        #expect(try await plan("residency: share").tail == nil)
    }

    @Test("a large job is simulated in part and scaled up")
    func sampled() async throws {
        let fixture = try SpecFixture()
        func plan(_ count: Int) async throws -> JobPlan {
            try fixture.write(
                (0..<count).map { #"{"question": "\#($0)?", "answer": "\#($0)"}"# }.joined(separator: "\n"),
                to: "problems.jsonl")
            return try await Job.plan(fixture.load(), simulating: 40)
        }
        func requests(_ plan: JobPlan) -> Double { plan.figures.first { $0.name == .requests }?.range.expected ?? 0 }
        let (part, whole) = (try await plan(20), try await plan(200))
        #expect(whole.trajectories == 400)
        #expect(whole.basis.contains { $0.contains("1 in 10.0 problems") }, "\(whole.basis)")
        #expect(abs(requests(whole) / requests(part) - 10) < 1)
    }

    @Test("memory that is named is planned for, and what does not fit is told")
    func memory() async throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("kind: pocket\n  concurrency: 8", "kind: vllm\n  residency: auto"))
        let job = try fixture.load()
        let plan = try await Job.plan(job, node: PlannedNode(gpuMemory: .gibibytes(80)))
        #expect(plan.residency == .share)
        let group = try #require(plan.groups.first)
        #expect(plan.groups.count == 1 && group.need < group.budget ?? 0)
        await #expect(throws: ResidencyImpossible.self) {
            try await Job.plan(job, node: PlannedNode(gpuMemory: .gibibytes(0.5)))
        }
    }
}
