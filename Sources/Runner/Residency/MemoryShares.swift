import Decoding
import JobSpecs

/// The memory of each engine, for engines that are up together.
package struct MemoryShares: Sendable, Equatable {
    /// Bytes for each engine: its weights, working memory and cache.
    private(set) var bytes: [EngineID: Int] = [:]
    /// Bytes of these for each cache.
    package private(set) var caches: [EngineID: Int] = [:]

    /// Gives each model its minimum, and divides the rest in proportion to the cache that its requests can use.
    ///
    /// - Parameters:
    ///   - sleepers: number of engines asleep on the GPU meanwhile.
    ///   - useful: whether each cache must have room for several requests.
    /// - Throws: ``MemoryTooSmall``.
    package init(
        _ models: [ModelDemand], in pool: MemoryPool, footprint: EngineFootprint, sleepers: Int = 0,
        useful: Bool = false
    ) throws(MemoryTooSmall) {
        let need = MemoryNeed(models, in: pool, footprint: footprint, sleepers: sleepers, useful: useful)
        guard need.total <= pool.budget else { throw MemoryTooSmall(need: need, pool: pool) }
        let open = models.filter { $0.fixedShare == nil }
        let appetite = open.reduce(0.0) { $0 + Self.appetite($1) }
        let rest = Double(pool.budget) - Double(need.total)
        for model in models {
            let base = model.weights.plus(footprint.working)
            if let share = model.fixedShare {
                bytes[model.engine] = Int(bounding: share * Double(pool.total))
                caches[model.engine] = max(0, bytes[model.engine, default: 0].plus(-base))
                continue
            }
            let part = model.fixedCache == nil && appetite > 0 ? Self.appetite(model) / appetite : 0
            var cache = need.cache(of: model).plus(Int(bounding: rest * part))
            // The rest of a GPU has no other use; the machine's memory has.
            if !pool.isGPU { cache = min(cache, max(model.greatestCache, need.cache(of: model))) }
            caches[model.engine] = cache
            bytes[model.engine] = base.plus(cache)
        }
    }

    private static func appetite(_ model: ModelDemand) -> Double {
        model.fixedCache == nil
            ? Double(model.cachePerToken) * Double(model.longRequest) * Double(model.usefulRequests) : 0
    }

    var cacheTotal: Int { caches.values.sum() }

    /// vLLM's `gpu-memory-utilization` for a model: its share of the GPU's total memory, rounded down.
    func utilization(of engine: EngineID, in pool: MemoryPool) -> Double? {
        bytes[engine].map { (Double($0) / Double(pool.total) * 1000).rounded(.down) / 1000 }
    }
}

/// The memory that models need to be up together.
package struct MemoryNeed: Sendable, Equatable {
    package var models: [ModelDemand]
    /// Bytes for the engines themselves, besides weights and caches.
    package var engines: Int
    /// Bytes of engines that are asleep meanwhile.
    var asleep: Int
    private var useful: Bool
    private var leastCache: Int
    private var fixed: Int

    package init(
        _ models: [ModelDemand], in pool: MemoryPool, footprint: EngineFootprint, sleepers: Int = 0,
        useful: Bool = false
    ) {
        self.models = models
        self.useful = useful
        leastCache = footprint.leastCache
        asleep = sleepers * footprint.asleep
        let open = models.filter { $0.fixedShare == nil }
        engines = models.count * footprint.outside + open.count * footprint.working
        fixed = models.map { Int(bounding: ($0.fixedShare ?? 0) * Double(pool.total)) }.sum()
    }

    package func cache(of model: ModelDemand) -> Int {
        model.fixedCache ?? max(leastCache, useful ? model.usefulCache : model.leastCache)
    }

    private var open: [ModelDemand] { models.filter { $0.fixedShare == nil } }
    package var caches: Int { open.map(cache).sum() }
    var withoutCaches: Int { (open.map(\.weights) + [engines, asleep, fixed]).sum() }
    package var total: Int { withoutCaches.plus(caches) }
}

/// Models do not fit; with all the numbers.
package struct MemoryTooSmall: Error, Equatable, CustomStringConvertible {
    var need: MemoryNeed
    var pool: MemoryPool
    /// In whole sentences; nil if nothing is known that helps.
    var remedy: String?

    /// Without the remedy.
    package var description: String {
        let models = need.models
        let each = models.count == 1 ? "cache for one request" : "caches for one request each"
        var parts = ["\(models.weightsInGiB) of weights"]
        parts.append("\(need.engines.inGiB) GiB for the \(models.count == 1 ? "engine" : "engines")")
        parts.append("\(need.caches.inGiB) GiB of \(each)")
        if need.asleep > 0 { parts.append("\(need.asleep.inGiB) GiB of sleeping engines") }
        return
            "\(parts.dropLast().joined(separator: ", ")) and \(parts[parts.count - 1]) add up to "
            + "\(need.total.inGiB) GiB; \(pool.budget.inGiB) GiB of \(pool.description) can be used"
    }
}

extension [ModelDemand] {
    /// `draft 2.9 + PRM 2.9 + target 14.2 GiB`
    var weightsInGiB: String {
        map { "\($0.engine.title) \($0.weights.inGiB)" }.joined(separator: " + ") + " GiB"
    }
}
