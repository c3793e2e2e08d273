import TestSupport
import Testing

@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
@testable import Runner

@Suite("Shares of the memory")
struct MemorySharesTests {
    private let footprint = EngineFootprint.vllmOnGPU

    private func pool(_ total: Double, free: Double? = nil, ceiling: Double? = nil, isGPU: Bool = true) -> MemoryPool {
        MemoryPool(
            name: "GPU 0", isGPU: isGPU, total: .gibibytes(total), free: .gibibytes(free ?? total), ceiling: ceiling)
    }

    private func demand(_ role: Role, _ memory: CheckpointMemory, context: Int = 4096) -> ModelDemand {
        ModelDemand(
            engine: EngineID(role.rawValue), readsOnly: role == .prm, weights: memory.weights(as: .half),
            cachePerToken: memory.cachePerToken(as: .half),
            context: context, longRequest: 2560, sideBySide: 64)
    }

    private var trio: [ModelDemand] {
        [demand(.draft, Checkpoints.math1B), demand(.prm, Checkpoints.prm1B), demand(.target, Checkpoints.math7B)]
    }

    @Test("each engine finds its share free when its turn to start comes, and can start with it")
    func property() throws {
        var random = SeededRandom(seed: 7)
        var fitted = 0
        for _ in 0..<2000 {
            let models = Role.named.shuffled(using: &random).prefix(Int.random(in: 1...3, using: &random)).map {
                ModelDemand(
                    engine: EngineID($0.rawValue), readsOnly: $0 == .prm,
                    weights: .random(in: 0...40_000_000_000, using: &random),
                    cachePerToken: .random(in: 0...400_000, using: &random),
                    context: .random(in: 1...32768, using: &random), longRequest: .random(in: 1...4096, using: &random),
                    sideBySide: .random(in: 1...1024, using: &random),
                    fixedCache: Bool.random(using: &random) ? nil : .random(in: 0...4_000_000_000, using: &random))
            }
            let total = Double.random(in: 16...180, using: &random)
            let pool = pool(
                total, free: Double.random(in: 0...total, using: &random),
                ceiling: Bool.random(using: &random) ? nil : 0.9)
            let sleepers = Int.random(in: 0...2, using: &random)
            guard let shares = try? MemoryShares(models, in: pool, footprint: footprint, sleepers: sleepers) else {
                let need = MemoryNeed(models, in: pool, footprint: footprint, sleepers: sleepers)
                #expect(need.total > pool.budget)
                continue
            }
            fitted += 1
            var free = Double(pool.free) - Double(sleepers * footprint.asleep)
            for model in models {
                let share = shares.utilization(of: model.engine, in: pool) ?? -1
                #expect(share >= 0)
                free -= Double(footprint.outside)
                // vLLM's test at its start, once it has a context of its own.
                #expect(share * Double(pool.total) <= free)
                free -= share * Double(pool.total)
                let bytes = shares.bytes[model.engine] ?? -1
                let least = model.weights + footprint.working + model.leastCache
                #expect(bytes >= least)
                let rounding = Double(bytes) - share * Double(pool.total)
                #expect(rounding <= Double(pool.total) / 1000 + 1)
            }
        }
        #expect(fitted > 300)
    }

    @Test("generators get more of what is left than a PRM of their size, and large models more than small ones")
    func byNeed() throws {
        let shares = try MemoryShares(trio, in: pool(79.1), footprint: footprint)
        let (draft, prm, target) = (shares.caches[.draft]!, shares.caches[.prm]!, shares.caches[.target]!)
        #expect(draft > 3 * prm)
        #expect(target > draft)
        // Nothing of the budget is left over.
        let engines = 3 * footprint.outside
        #expect(abs(shares.bytes.values.reduce(engines, +) - pool(79.1).budget) < 10)
    }

    @Test("what the job gives to one model is kept, and the others divide the rest")
    func fixed() throws {
        var models = trio
        models[2].fixedShare = 0.5
        let shares = try MemoryShares(models, in: pool(79.1), footprint: footprint)
        #expect(shares.utilization(of: .target, in: pool(79.1)) == 0.5)
        let rest = (shares.bytes[.draft] ?? 0) + (shares.bytes[.prm] ?? 0)
        #expect(rest > .gibibytes(30) && rest < .gibibytes(39.5))
        models[0].fixedCache = .gibibytes(2)
        let cached = try MemoryShares(models, in: pool(79.1), footprint: footprint)
        #expect(cached.caches[.draft] == .gibibytes(2))
    }

    @Test("without a GPU, caches are no larger than the requests in flight can fill")
    func host() throws {
        let shares = try MemoryShares(trio, in: pool(500, isGPU: false), footprint: .vllmOnCPU)
        for model in trio { #expect(shares.caches[model.engine] == model.greatestCache) }
    }

    @Test(
        "an engine that runs a thousand requests at once changes nothing of what models need, and takes no machine's memory"
    )
    func manyRequests() throws {
        let many = trio.map { model in
            var model = model
            model.sideBySide = 1024
            return model
        }
        #expect(many.map(\.greatestCache) == trio.map(\.greatestCache))
        let pool = pool(79.1)
        #expect(
            MemoryNeed(many, in: pool, footprint: footprint, useful: true).total
                == MemoryNeed(trio, in: pool, footprint: footprint, useful: true).total)
        #expect(
            try MemoryShares(many, in: pool, footprint: footprint).caches
                == MemoryShares(trio, in: pool, footprint: footprint).caches)
        // The 7B model's, of 57,344 bytes a token.
        #expect(trio[2].requests(inCache: 57344 * 712 * 100, answering: 400) == 100)
        #expect(trio[2].requests(inCache: 57344 * 2560 * 100, answering: 1e9) == 100)
        var none = trio[2]
        none.cachePerToken = 0
        #expect(none.requests(inCache: 5, answering: .infinity) == 5)
    }

    @Test("what does not fit is told with all the numbers")
    func error() {
        let error = #expect(throws: MemoryTooSmall.self) {
            try MemoryShares(trio, in: pool(24), footprint: footprint)
        }
        #expect(
            error?.description
                == "draft 2.9 + PRM 2.9 + target 14.2 GiB of weights, 6.8 GiB for the engines and 0.4 GiB of caches for one "
                + "request each add up to 27.1 GiB; 23.5 GiB of the 24.0 GiB of GPU 0 can be used")
    }
}
