import Decoding
import JobSpecs
import ModelLifecycle

/// What `residency: auto` comes to on a machine, and why.
struct ResidencyChoice: Sendable, Equatable {
    var residency: ResidencyKind
    var groups: [[EngineID]]
    /// One sentence that names the numbers.
    var sentence: String

    /// All models at once where that leaves room for their caches; else in groups, asleep where the machine's memory can
    /// hold them, else stopped and started.
    ///
    /// - Parameters:
    ///   - models: those that the job's methods need, in the order of a wave.
    ///   - canSleep: whether the engine can, on such a machine.
    /// - Throws: ``MemoryTooSmall`` where a model does not even fit alone.
    static func choose(
        _ models: [ModelDemand], on machine: MachineMemory, footprint: EngineFootprint, ceiling: Double? = nil,
        canSleep: Bool
    ) throws(MemoryTooSmall) -> ResidencyChoice {
        guard let pool = machine.pool(ceiling: ceiling) else {
            return ResidencyChoice(
                residency: .swap, groups: models.map { [$0.engine] },
                sentence: "swap, one model at a time, since what fits together is not known: \(machine.unknownReason)")
        }
        let division = Division(models: models, pool: pool, footprint: footprint)
        if let shares = division.shares(models, sleepers: 0) {
            return ResidencyChoice(
                residency: .share, groups: [models.map(\.engine)], sentence: division.share(shares))
        }
        let asleep = HostDemand(models, footprint: footprint)
        let sleeping = canSleep ? division.groups(asleep: true) : nil
        if let sleeping, asleep.fits(machine.host) {
            return ResidencyChoice(
                residency: .sleep, groups: sleeping,
                sentence: "sleep\(division.inGroups(sleeping)): \(division.tooMuch), and asleep they take "
                    + "\(asleep.total.inGiB) of the \(machine.host.phrase)")
        }
        guard let groups = division.groups(asleep: false) else { throw division.failure(holders: machine.holders) }
        var why = ""
        if sleeping != nil {
            why = ", and asleep they would take \(asleep.total.inGiB) GiB of the \(machine.host.phrase)"
        } else if canSleep {
            why =
                ", and engines that sleep, which keep \(footprint.asleep.inGiB) GiB each, would leave too little of it"
        }
        return ResidencyChoice(
            residency: .swap, groups: groups, sentence: "swap\(division.inGroups(groups)): \(division.tooMuch)\(why)")
    }
}

/// What engines that sleep keep in the machine's memory: all of them have slept once a wave is over, and what was pinned
/// for a sleep is not given back.
struct HostDemand: Sendable, Equatable {
    var weights: Int
    var processes: Int

    init(_ models: [ModelDemand], footprint: EngineFootprint, level: Int = 1) {
        weights = level == 1 ? models.map(\.weights).sum() : 0
        processes = models.count * footprint.host
    }

    var total: Int { weights.plus(processes) }

    func fits(_ host: HostMemory?) -> Bool { host.map { total <= $0.available } ?? false }
}

extension HostMemory? {
    /// `120.0 GiB of RAM that are free`
    package var phrase: String {
        guard let self else { return "machine's memory, which cannot be told" }
        let whose = self.isLimited ? " of the \(self.total.inGiB) GiB that this job is limited to" : ""
        return "\(self.available.inGiB) GiB of RAM that are free\(whose)"
    }
}

/// Ways to divide models into groups.
private struct Division {
    var models: [ModelDemand]
    var pool: MemoryPool
    var footprint: EngineFootprint

    /// nil where a group does not fit. One that is alone may do with less than engines side by side.
    func shares(_ group: [ModelDemand], sleepers: Int) -> MemoryShares? {
        try? MemoryShares(
            group, in: pool, footprint: footprint, sleepers: sleepers, useful: group.count > 1 || sleepers > 0)
    }

    /// The fewest groups of neighbours in a wave: each border between two costs a swap in every wave.
    func groups(asleep: Bool) -> [[EngineID]]? {
        partitions(models[...]).first { groups in
            groups.allSatisfy { shares($0, sleepers: asleep ? models.count - $0.count : 0) != nil }
        }?.map { $0.map(\.engine) }
    }

    /// With the fewest parts first, and among those with the longest first part first.
    private func partitions(_ rest: ArraySlice<ModelDemand>) -> [[[ModelDemand]]] {
        guard !rest.isEmpty else { return [[]] }
        let all = (1...rest.count).reversed().flatMap { length in
            partitions(rest.dropFirst(length)).map { [Array(rest.prefix(length))] + $0 }
        }
        return all.enumerated().sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }.map(\.element)
    }

    func failure(holders: [GPUHolder]) -> MemoryTooSmall {
        let misfit = models.filter { shares([$0], sleepers: 0) == nil }.max { $0.weights < $1.weights } ?? models[0]
        let need = MemoryNeed([misfit], in: pool, footprint: footprint)
        return MemoryTooSmall(need: need, pool: pool, remedy: remedy(misfit, need, holders))
    }

    private func remedy(_ model: ModelDemand, _ need: MemoryNeed, _ holders: [GPUHolder]) -> String {
        let left = pool.budget.plus(-need.withoutCaches)
        if left >= 0, model.cachePerToken > 0 {
            let tokens = left / model.cachePerToken
            return ". Give the \(model.engine.title) a shorter `context`: \(tokens) tokens would fit"
        }
        var others = ""
        if pool.isGPU, need.total <= pool.total - pool.total / 50 {
            let who = holders.isEmpty ? "what else uses it" : holders.map(\.description).joined(separator: ", ")
            others = "end \(who), or "
        }
        let device = pool.isGPU ? "a GPU with more memory" : "a machine with more memory"
        return
            ". For the \(model.engine.title), \(others)use a quantised checkpoint (4 bits a weight, as in AWQ and GPTQ, take "
            + "about a quarter of 16) or \(device)"
    }

    // MARK: Words

    func share(_ shares: MemoryShares) -> String {
        let isOne = models.count == 1
        return "share: \(models.weightsInGiB) of weights and \(shares.cacheTotal.inGiB) GiB for "
            + "\(isOne ? "its cache" : "their caches") fit\(isOne ? "" : " together") in \(pool.description)"
    }

    var tooMuch: String {
        "\(models.weightsInGiB) of weights do not fit together in \(pool.description) with room for their caches"
    }

    /// `, draft and PRM together`
    func inGroups(_ groups: [[EngineID]]) -> String {
        let together = groups.filter { $0.count > 1 }.map { $0.map(\.title).joined(separator: " and ") + " together" }
        return together.isEmpty ? ", one model at a time" : ", " + together.joined(separator: ", ")
    }
}
