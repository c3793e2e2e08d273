@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
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
                + "1.3 GiB of cache for one request make 138.9 GiB, and 77.5 GiB can be had of the 79.1 GiB of GPU 0. "
                + "For the target, use a quantised checkpoint (4 bits a weight, as in AWQ and GPTQ, take about a quarter "
                + "of 16) or a GPU with more memory")
    }

    @Test("80 GB, 7B + 72B in 4 bits + 7B: asleep, in two groups")
    func packedTrio() throws {
        let plan = try plan(packed, on: Machines.gpu())
        #expect(plan.residency == .sleep)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        #expect(
            plan.reason
                == "sleep, draft and PRM together: draft 14.2 + PRM 14.2 + target 38.7 GiB of weights do not fit together "
                + "in the 79.1 GiB of GPU 0 with room for their caches, and asleep they take 76.1 of the 500.0 GiB of RAM "
                + "that are free")
    }

    @Test("24 GB, 1.5B + 7B + 1.5B: asleep, in two groups")
    func smallGPU() throws {
        let plan = try plan(small, on: Machines.gpu("NVIDIA GeForce RTX 4090", total: 23.6))
        #expect(plan.residency == .sleep)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        #expect(
            plan.reason
                == "sleep, draft and PRM together: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights do not fit together in "
                + "the 23.6 GiB of GPU 0 with room for their caches, and asleep they take 28.9 of the 500.0 GiB of RAM "
                + "that are free")
    }

    @Test("S5: a node whose memory cannot hold the sleeping weights: swapped")
    func smallNode() throws {
        let plan = try plan(small, on: Machines.gpu(total: 23.6, ram: 16, limited: true))
        #expect(plan.residency == .swap)
        #expect(plan.groups == [[.draft, .prm], [.target]])
        #expect(
            plan.reason
                == "swap, draft and PRM together: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights do not fit together in "
                + "the 23.6 GiB of GPU 0 with room for their caches, and asleep they would take 28.9 GiB of the 16.0 GiB "
                + "of RAM that are free of the 16.0 GiB that this job is limited to")
    }

    @Test("no GPU: all at once where the machine's memory holds them, else one after the other")
    func noGPU() throws {
        let roomy = try plan(small, on: Machines.cpu(64))
        #expect(roomy.residency == .share)
        #expect(
            roomy.reason
                == "share: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights and 15.7 GiB for their caches fit together in "
                + "the 64.0 GiB of this machine's memory")
        let tight = try plan(small, on: Machines.cpu(24, limited: true))
        #expect(tight.residency == .swap)
        #expect(tight.groups == [[.draft, .prm], [.target]])
        #expect(
            tight.reason
                == "swap, draft and PRM together: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights do not fit together in "
                + "the 24.0 GiB of memory that this job is limited to with room for their caches")
        #expect(
            refusal(small, on: Machines.cpu(12))
                == "no residency makes this job possible here: target 14.2 GiB of weights, 3.5 GiB for the engine and "
                + "0.3 GiB of cache for one request make 17.9 GiB, and 11.8 GiB can be had of the 12.0 GiB of this "
                + "machine's memory. For the target, use a quantised checkpoint (4 bits a weight, as in AWQ and GPTQ, take "
                + "about a quarter of 16) or a machine with more memory")
    }

    @Test("memory that others have is named, and does not count")
    func others() throws {
        let busy = Machines.gpu(free: 60)
        #expect(
            try plan(small, on: busy).reason
                == "share: draft 2.9 + PRM 2.9 + target 14.2 GiB of weights and 31.7 GiB for their caches fit together in "
                + "the 60.0 GiB that are free of the 79.1 GiB of GPU 0")
        let holder = GPUHolder(pid: 4711, name: "python", bytes: .gibibytes(70))
        #expect(
            refusal(small, on: Machines.gpu(free: 9, holders: [holder]))?.hasSuffix(
                "make 16.7 GiB, and 7.4 GiB can be had of the 9.0 GiB that are free of the 79.1 GiB of GPU 0. For the target, "
                    + "end python (pid 4711, 70.0 GiB), or use a quantised checkpoint (4 bits a weight, as in AWQ and "
                    + "GPTQ, take about a quarter of 16) or a GPU with more memory") == true)
    }

    @Test("a context whose cache does not fit is the remedy, not another model")
    func context() {
        let long = JobSpec.sample(args: [argument("max-model-len", "128K")])
        #expect(
            refusal(small, on: Machines.gpu(total: 20), long)
                == "no residency makes this job possible here: target 14.2 GiB of weights, 2.3 GiB for the engine and "
                + "7.0 GiB of cache for one request make 23.4 GiB, and 19.6 GiB can be had of the 20.0 GiB of GPU 0. Give "
                + "the target a shorter `context`: 59259 tokens would fit")
    }

    @Test("one model")
    func one() throws {
        let plan = try plan([.target: Checkpoints.math7B], on: Machines.gpu(), .sample(methods: [.targetOnly]))
        #expect(plan.residency == .share)
        #expect(plan.groups == [[.target]])
        #expect(
            plan.reason
                == "share: target 14.2 GiB of weights and 61.1 GiB for its cache fit in the 79.1 GiB of GPU 0")
        #expect(plan.memory[.target] == nil)
    }

    @Test("a GPU that cannot be measured: one model at a time, and why")
    func unknown() throws {
        let plan = try plan(small, on: .unknown("MIG-1 is a MIG slice"))
        #expect(plan.residency == .swap)
        #expect(plan.groups == [[.draft], [.prm], [.target]])
        #expect(
            plan.reason
                == "swap, one model at a time, since what fits together is not known: MIG-1 is a MIG slice")
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
