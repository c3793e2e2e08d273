import Decoding
import JobSpecs

/// How engines that are up together divide the memory.
package struct MemoryShares: Sendable, Equatable {
    /// Bytes that each may take: its weights, its work and its cache.
    private(set) var bytes: [EngineID: Int] = [:]
    /// Bytes for each cache, of those.
    package private(set) var caches: [EngineID: Int] = [:]

    /// Gives each model what it must have, and divides the rest by how much cache its requests can use.
    ///
    /// - Parameters:
    ///   - sleepers: engines that sleep on the GPU meanwhile.
    ///   - useful: whether caches for one request at a time are too little.
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
            // Nobody else could use the rest of a GPU; the machine's memory has better uses.
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

    /// vLLM's `gpu-memory-utilization` for a model: a part of the GPU's whole memory, never more than the bytes.
    func utilization(of engine: EngineID, in pool: MemoryPool) -> Double? {
        bytes[engine].map { (Double($0) / Double(pool.total) * 1000).rounded(.down) / 1000 }
    }
}

/// What models need when they are up together.
package struct MemoryNeed: Sendable, Equatable {
    package var models: [ModelDemand]
    /// For the engines' own work, beside weights and caches.
    package var engines: Int
    /// Of engines that sleep meanwhile.
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

/// Models that do not fit, with all the numbers.
package struct MemoryTooSmall: Error, Equatable, CustomStringConvertible {
    var need: MemoryNeed
    var pool: MemoryPool
    var remedy = ""

    package var description: String {
        let models = need.models
        let each = models.count == 1 ? "cache for one request" : "caches for one request each"
        var parts = ["\(models.weightsInGiB) of weights"]
        parts.append("\(need.engines.inGiB) GiB for the \(models.count == 1 ? "engine" : "engines")")
        parts.append("\(need.caches.inGiB) GiB of \(each)")
        if need.asleep > 0 { parts.append("\(need.asleep.inGiB) GiB of engines that sleep there") }
        return
            "\(parts.dropLast().joined(separator: ", ")) and \(parts[parts.count - 1]) make \(need.total.inGiB) GiB, and "
            + "\(pool.budget.inGiB) GiB can be had of \(pool.description)" + remedy
    }
}

extension [ModelDemand] {
    /// `draft 2.9 + PRM 2.9 + target 14.2 GiB`
    var weightsInGiB: String {
        map { "\($0.engine.title) \($0.weights.inGiB)" }.joined(separator: " + ") + " GiB"
    }
}
