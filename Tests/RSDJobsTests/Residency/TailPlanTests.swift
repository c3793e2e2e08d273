@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Testing

@Suite("Engines that take turns, up together with small caches")
struct TailPlanTests {
    private static let all: [EngineID] = ["draft", "prm", "target"]
    private let models: [Role: CheckpointMemory] = [
        .draft: Checkpoints.math1B, .prm: Checkpoints.prm1B, .target: Checkpoints.math7B,
    ]

    private func layout(
        _ job: JobSpec = .sample(.swap), on machine: MachineMemory, of engines: [EngineID] = all,
        models: [Role: CheckpointMemory]? = nil
    ) throws -> TailPlan.Layout? {
        let (models, requests) = (models ?? self.models, RequestsInFlight(job))
        let plan = try ResidencyPlan(job, models: models, on: machine, requests: requests)
        return TailPlan(job, models: models, on: machine, requests: requests, plan)?.layout(of: engines)
    }

    @Test("on a GPU with room for all, each engine gets its share, and the caches hold long requests")
    func fits() throws {
        let layout = try #require(try layout(on: Machines.gpu()))
        #expect(layout.plan.groups == [Self.all] && layout.plan.residency == .share && layout.plan.mostTogether == 3)
        let shares = layout.plan.memory.compactMapValues(\.share)
        #expect(shares.count == 3 && shares.values.reduce(0, +) < 0.96)
        #expect(layout.room > 32, "\(layout.room)")
        // As under share.
        #expect(try ResidencyPlan(.sample(.share), models: models, on: Machines.gpu()).memory == layout.plan.memory)
        // A smaller GPU holds fewer, and a still smaller one not the engines.
        let small = try #require(try self.layout(on: Machines.gpu("GPU", total: 32)))
        #expect(small.room < layout.room && small.room >= 1)
        #expect(try self.layout(on: Machines.gpu("GPU", total: 24)) == nil)
        #expect(try self.layout(on: Machines.gpu(total: 79.1, free: 24)) == nil)
    }

    @Test("auto, which chose turns since large caches do not fit, may have small ones")
    func auto() throws {
        let machine = Machines.gpu("GPU", total: 28, ram: 20)
        #expect(try ResidencyPlan(.sample(.auto), models: models, on: machine).residency == .swap)
        #expect(try layout(.sample(.auto), on: machine) != nil)
        // What shares the GPU from the beginning takes no turns.
        #expect(try layout(.sample(.auto), on: Machines.gpu()) == nil)
        #expect(try layout(.sample(.share), on: Machines.gpu()) == nil)
    }

    @Test("what cannot be shown to fit does not count as fitting")
    func unknown() throws {
        #expect(try layout(on: .unknown("no GPU is visible")) == nil)
        // Shares that the job names are kept, and are too large together.
        let shares = [Role.draft, .prm, .target].reduce(into: [:]) {
            $0[$1] = [argument("gpu-memory-utilization", "0.9")]
        }
        #expect(try layout(.sample(.swap, models: shares), on: Machines.gpu()) == nil)
        let lower = shares.mapValues { _ in [argument("gpu-memory-utilization", "0.3")] }
        #expect(try layout(.sample(.swap, models: lower), on: Machines.gpu())?.plan.memory == [:])
        // The processes need the machine's memory, too.
        #expect(try layout(on: Machines.gpu(ram: 8)) == nil)
        #expect(
            try layout(on: .gpu([GPUDevice(index: 0, name: "H100", uuid: "", total: 80 << 30, free: 80 << 30)], nil))
                == nil)
        // The job's own limit for all engines.
        let limited = JobSpec.sample(.swap, args: [argument("gpu-memory-utilization", "0.3")])
        #expect(try layout(limited, on: Machines.gpu()) == nil)
    }

    @Test("engines that the last trajectories do not need take no memory")
    func some() throws {
        let machine = Machines.gpu("GPU", total: 24)
        #expect(try layout(on: machine) == nil)
        let two = try #require(try layout(on: machine, of: ["draft", "prm"]))
        #expect(Set(two.plan.memory.keys) == ["draft", "prm"])
    }

    @Test("without a GPU, the machine's memory counts: for vLLM's CPU build and for the pocket engine")
    func host() throws {
        let build = try #require(try layout(on: Machines.cpu(60)))
        #expect(build.plan.memory.values.allSatisfy { $0.cacheBytes ?? 0 > 0 && $0.share == nil })
        #expect(try layout(on: Machines.cpu(30)) == nil)
        let pocket = JobSpec.sample(.swap, kind: .pocket)
        let large = try #require(try layout(pocket, on: Machines.cpu(120)))
        #expect(large.plan.memory.isEmpty && large.room >= 1)
        #expect(try layout(pocket, on: Machines.cpu(40)) == nil)
    }
}
