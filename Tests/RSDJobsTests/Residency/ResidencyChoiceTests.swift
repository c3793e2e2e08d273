@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
import TestSupport
@testable import Runner
import Testing

/// What `auto` says. The numbers are made of the checkpoints' sizes and of ``EngineFootprint``.
@Suite("The choice of residency")
struct ResidencyChoiceTests {
    private typealias Trio = [Role: CheckpointMemory]
    private let small: Trio = [.draft: Checkpoints.math1B, .prm: Checkpoints.prm1B, .target: Checkpoints.math7B]
    private let large: Trio = [.draft: Checkpoints.math7B, .prm: Checkpoints.math7B, .target: Checkpoints.math72B]
    private let packed: Trio = [.draft: Checkpoints.math7B, .prm: Checkpoints.math7B, .target: Checkpoints.awq72B]

    private func plan(_ models: Trio, on machine: MachineMemory, _ job: JobSpec = .sample()) throws -> ResidencyPlan {
        try ResidencyPlan(job, models: models, on: machine)
    }

    private func refusal(_ models: Trio, on machine: MachineMemory, _ job: JobSpec = .sample()) -> String? {
        #expect(throws: ResidencyImpossible.self) { try plan(models, on: machine, job) }?.description
    }

    @Test("80 GB, 1.5B + 7B + 1.5B: all at once")
    func smallTrio() throws {
        let plan = try plan(small, on: Machines.gpu())
        #expect(plan.residency == .share)
        #expect(plan.groups == [[.draft, .prm, .target]])
        #expect(
            plan.reason
                == "share: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights and 50.8 GiB for their caches fit together in "
                + "the 79.1 GiB of GPU 0")
    }

    @Test("80 GB, 7B + 72B + 7B in 16 bits: impossible, and what to do")
    func largeTrio() {
        #expect(
            refusal(large, on: Machines.gpu())
                == "no residency makes this job possible here: target 135.4 GiB of weights, 2.3 GiB for the engine and "
                + "1.3 GiB of cache for one request add up to 138.9 GiB; 77.5 GiB of the 79.1 GiB of GPU 0 can be used. "
                + "For the target, use a quantised checkpoint (4 bits per weight, as in AWQ and GPTQ, take about a quarter "
                + "of 16) or a GPU with more memory.")
    }

    @Test("80 GB, 7B + 72B in 4 bits + 7B: asleep, in two groups")
    func packedTrio() throws {
        let plan = try plan(packed, on: Machines.gpu())
        #expect(plan.residency == .sleep)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        let reason = try #require(plan.reason)
        #expect(reason.names("sleep", "draft", "14.2", "PRM", "target", "38.7", "79.1", "76.1", "500.0"), "\(reason)")
    }

    @Test("24 GB, 1.5B + 7B + 1.5B: asleep, in two groups")
    func smallGPU() throws {
        let plan = try plan(small, on: Machines.gpu("NVIDIA GeForce RTX 4090", total: 23.6))
        #expect(plan.residency == .sleep)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        let reason = try #require(plan.reason)
        #expect(reason.names("sleep", "draft", "2.9", "PRM", "target", "14.2", "23.6", "28.9", "500.0"), "\(reason)")
    }

    @Test("S5: a node whose memory cannot hold the sleeping weights: swapped")
    func smallNode() throws {
        let plan = try plan(small, on: Machines.gpu(total: 23.6, ram: 16, limited: true))
        #expect(plan.residency == .swap)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        let reason = try #require(plan.reason)
        #expect(
            reason.names("swap", "draft", "2.9", "PRM", "target", "14.2", "23.6", "28.9", "16.0", "limit"),
            "\(reason)")
    }

    @Test("no GPU: all at once where the machine's memory holds them, else one after the other")
    func noGPU() throws {
        let roomy = try plan(small, on: Machines.cpu(64))
        #expect(roomy.residency == .share)
        #expect(try #require(roomy.reason).names("share", "2.9", "14.2", "15.7", "64.0", "machine's"))
        let tight = try plan(small, on: Machines.cpu(24, limited: true))
        #expect(tight.residency == .swap)
        #expect(tight.groups == [[.draft, .prm], [.target]])
        #expect(try #require(tight.reason).names("swap", "2.9", "14.2", "24.0", "limit"))
        let said = try #require(refusal(small, on: Machines.cpu(12)))
        #expect(
            said.names("target", "14.2", "3.5", "0.3", "17.9", "11.8", "12.0", "machine's", "machine"), "\(said)")
    }

    @Test("memory that others have is named, and does not count")
    func others() throws {
        let busy = Machines.gpu(free: 60)
        let reason = try #require(plan(small, on: busy).reason)
        #expect(reason.names("share", "31.7", "60.0", "79.1"), "\(reason)")
        let holder = GPUHolder(pid: 4711, name: "python", bytes: .gibibytes(70))
        let said = try #require(refusal(small, on: Machines.gpu(free: 9, holders: [holder])))
        #expect(said.names("16.7", "7.4", "9.0", "79.1", "python", "4711", "70.0", "GPU"), "\(said)")
    }

    @Test("a context whose cache does not fit is the remedy, not another model")
    func context() throws {
        let long = JobSpec.sample(args: [argument("max-model-len", "128K")])
        let said = try #require(refusal(small, on: Machines.gpu(total: 20), long))
        #expect(
            said.names("target", "14.2", "2.3", "7.0", "23.4", "19.6", "20.0", "context", "59259"), "\(said)")
        #expect(!said.contains("checkpoint"))
    }

    @Test("a single model is up throughout")
    func one() throws {
        let plan = try plan([.target: Checkpoints.math7B], on: Machines.gpu(), .sample(methods: [.targetOnly]))
        #expect(plan.residency == .share)
        #expect(plan.groups == [[.target]])
        let reason = try #require(plan.reason)
        #expect(reason.names("share", "target", "14.2", "61.1", "79.1"), "\(reason)")
        #expect(plan.memory[.target] == nil)
    }

    @Test("a GPU that cannot be measured: one model at a time, and why")
    func unknown() throws {
        let plan = try plan(small, on: .unknown("MIG-1 is a MIG slice"))
        #expect(plan.residency == .swap)
        #expect(plan.groups == [[.draft], [.prm], [.target]])
        let reason = try #require(plan.reason)
        #expect(reason.names("swap") && reason.contains("MIG-1 is a MIG slice"), "\(reason)")
        #expect(plan.memory.isEmpty)
    }

    @Test("the pocket engine: everything at once, unless it cannot be")
    func pocket() throws {
        let job = JobSpec.sample(kind: .pocket)
        #expect(try plan(small, on: Machines.cpu(64), job).residency == .share)
        let tight = try plan(small, on: Machines.cpu(36), job)
        #expect(tight.residency == .swap)
        #expect(tight.memory.isEmpty)
    }

    @Test("the fewest swaps that fit are chosen, whatever the machine")
    func everywhere() throws {
        for total in stride(from: 18.0, through: 120, by: 0.7) {
            for ram in [8.0, 40, 500] {
                let machine = Machines.gpu(total: total, ram: ram)
                let plan = try plan(small, on: machine)
                #expect(plan.groups.joined().map(\.self) == [.draft, .prm, .target])
                switch plan.residency {
                case .share: #expect(plan.groups.count == 1)
                case .sleep: #expect(plan.groups.count > 1 && ram > 28)
                default: #expect(plan.residency == .swap && plan.groups.count > 1)
                }
                // What it chose can be planned when it is named.
                var named = JobSpec.sample(plan.residency)
                if plan.residency != .share {
                    named.engine.groups = plan.groups.map { $0.compactMap { Role(rawValue: $0.name) } }
                }
                #expect(try self.plan(small, on: machine, named).memory == plan.memory)
            }
        }
    }
}
