@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
import TestSupport
@testable import Runner
import Testing

@Suite("A residency that the job names")
struct ResidencyPlanTests {
    private let models: [Role: CheckpointMemory] = [
        .draft: Checkpoints.math1B, .prm: Checkpoints.prm1B, .target: Checkpoints.math7B,
    ]

    private func plan(_ job: JobSpec, on machine: MachineMemory) throws -> ResidencyPlan {
        try ResidencyPlan(job, models: models, on: machine)
    }

    private func refusal(_ job: JobSpec, on machine: MachineMemory) -> String? {
        #expect(throws: ResidencyImpossible.self) { try plan(job, on: machine) }?.description
    }

    @Test("share: every engine is told its part of the GPU")
    func share() throws {
        let plan = try plan(.sample(.share), on: Machines.gpu())
        #expect(plan.groups == [[.draft, .prm, .target]])
        #expect(plan.reason == nil)
        let shares = plan.memory.compactMapValues(\.share)
        #expect(shares.count == 3)
        let sum = shares.values.reduce(0, +)
        #expect(sum > 0.9 && sum < 0.96)
        #expect(shares[.target]! > shares[.draft]! && shares[.draft]! > shares[.prm]!)
    }

    @Test("how many engines are up together at most")
    func together() throws {
        #expect(try plan(.sample(.share), on: Machines.gpu()).mostTogether == 3)
        #expect(try plan(.sample(.swap), on: Machines.gpu()).mostTogether == 1)
        var paired = JobSpec.sample(.swap)
        paired.engine.groups = [[.draft, .prm], [.target]]
        #expect(try plan(paired, on: Machines.gpu()).mostTogether == 2)
    }

    @Test("a run says how the processors are shared where engines are told of it, and is silent otherwise")
    func processorNote() throws {
        let processors = HostProcessors(allowed: 8, usable: 2)
        let shared = ProcessorShare(of: processors, engines: 3)
        let settings = ["OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "1"]
        let note = try #require(shared.note(engines: 3, on: processors, settings: settings))
        #expect(note.names("3", "2", "OMP_NUM_THREADS=1", "OMP_WAIT_POLICY=passive", "env", "engine"), "\(note)")
        #expect(shared.note(engines: 3, on: processors, settings: [:]) == nil)
        let alone = ProcessorShare(of: processors, engines: 1)
        let quota = try #require(alone.note(engines: 1, on: processors, settings: ["OMP_NUM_THREADS": "2"]))
        #expect(quota.names("quota", "2", "8", "OMP_NUM_THREADS=2"), "\(quota)")
    }

    @Test("a job's own part of the GPU is divided, a model's own is kept")
    func given() throws {
        let whole = JobSpec.sample(.share, args: [argument("gpu_memory_utilization", "0.6")])
        let divided = try plan(whole, on: Machines.gpu()).memory.compactMapValues(\.share).values.reduce(0, +)
        #expect(divided > 0.55 && divided < 0.6)
        let own = JobSpec.sample(.share, models: [.target: [argument("gpu-memory-utilization", "0.5")]])
        let rest = try plan(own, on: Machines.gpu()).memory
        #expect(rest[.target] == nil)
        #expect(rest[.draft]?.share != nil && rest[.prm]?.share != nil)
    }

    @Test("what the engine is told takes the place of the job's own flag")
    func configuration() throws {
        let job = JobSpec.sample(.share, args: [argument("gpu_memory_utilization", "0.6"), argument("dtype", "half")])
        let model = try #require(job.models[.draft])
        let shared = try EngineConfiguration(
            .draft, model: model, engine: job.engine, memory: EngineMemory(share: 0.2))
        #expect(shared.gpuShare == 0.2)
        #expect(shared.arguments.map(\.name) == ["dtype"])
        let alone = try EngineConfiguration(.draft, model: model, engine: job.engine, memory: EngineMemory())
        #expect(alone.gpuShare == nil)
        #expect(alone.arguments.map(\.name) == ["gpu_memory_utilization", "dtype"])
        let host = try EngineConfiguration(
            .draft, model: model, engine: job.engine, memory: EngineMemory(cacheBytes: 77))
        #expect(host.arguments.last == EngineConfiguration.Argument("kv-cache-memory-bytes", "77"))
    }

    @Test("share: models that do not fit together are refused before anything starts")
    func doesNotFit() throws {
        let said = try #require(refusal(.sample(.share), on: Machines.gpu(total: 23.6)))
        #expect(
            said.names("residency", "share", "2.9", "14.2", "6.8", "0.4", "27.1", "23.1", "23.6", "auto"), "\(said)")
    }

    @Test("swap: an engine that has the GPU to itself takes what it takes, unless others are there")
    func swap() throws {
        #expect(try plan(.sample(.swap), on: Machines.gpu()).memory.isEmpty)
        #expect(try plan(.sample(.swap), on: Machines.gpu()).groups == [[.draft], [.prm], [.target]])
        let busy = try plan(.sample(.swap), on: Machines.gpu(free: 60)).memory
        #expect(Set(busy.keys) == [.draft, .prm, .target])
        for memory in busy.values { #expect(memory.share! > 0.7 && memory.share! < 0.75) }
        // Too little by our estimate: the engine itself knows best.
        #expect(try plan(.sample(.swap), on: Machines.gpu(free: 5)).memory.isEmpty)
        let groups = try plan(.sample(.swap, groups: [[.draft, .prm], [.target]]), on: Machines.gpu())
        #expect(groups.groups == [[.draft, .prm], [.target]])
        #expect(Set(groups.memory.keys) == [.draft, .prm])
        let some = try ResidencyPlan(
            .sample(.swap, groups: [[.draft, .prm], [.target]]), models: [.target: Checkpoints.math7B],
            on: Machines.gpu())
        #expect(some.groups == [[.target]])
    }

    @Test("the CPU build is given a cache for its requests, instead of most of the memory")
    func host() throws {
        let memory = try plan(.sample(.swap), on: Machines.cpu(64)).memory
        #expect(memory[.target]?.share == nil)
        #expect(memory[.target]?.cacheBytes == 57344 * 2560 * 64)
        let own = JobSpec.sample(.swap, args: [argument("kv-cache-memory-bytes", "256M")])
        #expect(try plan(own, on: Machines.cpu(64)).memory.isEmpty)
        let pocket = JobSpec.sample(.share, kind: .pocket)
        #expect(try plan(pocket, on: Machines.cpu(64)).memory.isEmpty)
    }

    @Test("S5: sleep is refused before anything starts where the machine's memory cannot hold the weights")
    func sleep() throws {
        let plan = try plan(.sample(.sleep), on: Machines.gpu(ram: 64))
        #expect(plan.groups == [[.draft], [.prm], [.target]])
        // With the others asleep beside it, no engine may take the whole GPU.
        #expect(plan.memory.count == 3)
        for memory in plan.memory.values { #expect(memory.share! > 0.9 && memory.share! < 0.93) }
        let limited = try #require(refusal(.sample(.sleep), on: Machines.gpu(ram: 24, limited: true)))
        #expect(
            limited.names("sleep", "2.9", "14.2", "9.0", "28.9", "24.0", "sleep_level", "swap", "--mem"), "\(limited)")
        #expect(try self.plan(.sample(.sleep, sleepLevel: 2), on: Machines.gpu(ram: 24)).residency == .sleep)
        let onCPU = try #require(refusal(.sample(.sleep), on: Machines.cpu(500)))
        #expect(onCPU.names("sleep", "CPU", "swap", "auto"), "\(onCPU)")
        #expect(try self.plan(.sample(.sleep, kind: .pocket), on: Machines.cpu(4)).residency == .sleep)
    }

    @Test("a GPU that cannot be measured: engines share it only by the job's own numbers")
    func unknown() throws {
        let machine = MachineMemory.unknown("MIG-1 is a MIG slice")
        #expect(try plan(.sample(.swap), on: machine).memory.isEmpty)
        let said = try #require(refusal(.sample(.share), on: machine))
        #expect(said.contains("MIG-1 is a MIG slice"))
        #expect(said.names("gpu-memory-utilization", "args", "swap"), "\(said)")
        let own = [argument("gpu-memory-utilization", "0.3")]
        let given = JobSpec.sample(.share, models: [.draft: own, .prm: own, .target: own])
        #expect(try plan(given, on: machine).memory.isEmpty)
    }

    @Test("flags that change what a model takes are read")
    func flags() throws {
        func demand(_ args: EngineArgument..., memory: CheckpointMemory = Checkpoints.math7B) throws -> ModelDemand {
            let job = JobSpec.sample(args: args)
            return ModelDemand(
                .target, model: try #require(job.models[.target]), memory: memory, job: job, sideBySide: 64)
        }
        let plain = try demand()
        #expect(plain.weights == 15_231_233_024)
        #expect(plain.cachePerToken == 57344)
        #expect(plain.context == 4096)
        #expect(plain.longRequest == 2560)
        #expect(try demand(argument("dtype", "float32")).weights == 2 * plain.weights)
        #expect(try demand(argument("dtype", "float32"), memory: Checkpoints.awq72B).weights == 41_600_000_000)
        #expect(try demand(argument("kv-cache-dtype", "fp8_e5m2")).cachePerToken == 28672)
        #expect(try demand(argument("max_model_len", "2k")).context == 2000)
        #expect(try demand(argument("max_model_len", "2k")).longRequest == 2000)
        #expect(try demand(argument("tensor-parallel-size", "2")).weights == plain.weights / 2)
        #expect(try demand(argument("quantization", "fp8")).weights == plain.weights * 3 / 5)
        #expect(try demand(argument("cpu-offload-gb", "4")).weights == plain.weights - .gibibytes(4))
        #expect(try demand(argument("kv-cache-memory-bytes", "1.5g")).fixedCache == 1_500_000_000)
        #expect(
            ["8192", "16k", "16K", "1.5k", "x", "", "-k"].map(Int.init(humanReadable:)) == [
                8192, 16000, 16384, 1500, nil, nil, nil,
            ])
    }
}
