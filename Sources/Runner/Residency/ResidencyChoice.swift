import Decoding
import JobSpecs
import ModelLifecycle

/// The residency that `residency: auto` chooses on a machine, and why.
struct ResidencyChoice: Sendable, Equatable {
    var residency: ResidencyKind
    var groups: [[EngineID]]
    /// The reason in one sentence, with numbers.
    var sentence: String

    /// Chooses `share` if all models fit together with room for their caches; otherwise groups, with `sleep` if the machine's
    /// memory has room for the sleeping engines, else `swap`.
    ///
    /// - Parameters:
    ///   - models: the models that the job's methods need, in the order of a wave.
    ///   - canSleep: whether the engine supports sleep on such a machine.
    /// - Throws: ``MemoryTooSmall`` if a model does not fit even alone.
    static func choose(
        _ models: [ModelDemand], on machine: MachineMemory, footprint: EngineFootprint, ceiling: Double? = nil,
        canSleep: Bool
    ) throws(MemoryTooSmall) -> ResidencyChoice {
        guard let pool = machine.pool(ceiling: ceiling) else {
            return ResidencyChoice(
                residency: .swap, groups: models.map { [$0.engine] },
                sentence:
                    "swap, one model at a time, since it is unknown which models fit together: \(machine.unknownReason)"
            )
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
                sentence: "sleep\(division.inGroups(sleeping)): \(division.tooMuch); asleep, they take "
                    + "\(asleep.total.inGiB) GiB of the \(machine.host.phrase)")
        }
        guard let groups = division.groups(asleep: false) else { throw division.failure(holders: machine.holders) }
        var why = ""
        if sleeping != nil {
            why = "; asleep, they would take \(asleep.total.inGiB) GiB of the \(machine.host.phrase)"
        } else if canSleep {
            why =
                "; sleeping engines, which keep \(footprint.asleep.inGiB) GiB each, would leave too little of it"
        }
        return ResidencyChoice(
            residency: .swap, groups: groups, sentence: "swap\(division.inGroups(groups)): \(division.tooMuch)\(why)")
    }
}

/// The demand of sleeping engines on the machine's memory. All engines count: after one wave each has slept, and memory pinned for a
/// sleep is not freed.
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
    /// `120.0 GiB of free RAM`
    package var phrase: String {
        guard let self else { return "machine's memory, which is unknown" }
        let whose = self.isLimited ? " (this job's limit: \(self.total.inGiB) GiB)" : ""
        return "\(self.available.inGiB) GiB of free RAM\(whose)"
    }
}

/// The ways to divide models into groups.
private struct Division {
    var models: [ModelDemand]
    var pool: MemoryPool
    var footprint: EngineFootprint

    /// The shares of a group; nil if it does not fit. A single engine without sleepers may have a smaller cache.
    func shares(_ group: [ModelDemand], sleepers: Int) -> MemoryShares? {
        try? MemoryShares(
            group, in: pool, footprint: footprint, sleepers: sleepers, useful: group.count > 1 || sleepers > 0)
    }

    /// The smallest number of groups of neighbours in a wave, since each boundary costs a swap per wave.
    func groups(asleep: Bool) -> [[EngineID]]? {
        partitions(models[...]).first { groups in
            groups.allSatisfy { shares($0, sleepers: asleep ? models.count - $0.count : 0) != nil }
        }?.map { $0.map(\.engine) }
    }

    /// Fewest parts first; among those, longest first part first.
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
            return "Set a shorter `context` for the \(model.engine.title): \(tokens) tokens fit."
        }
        var others = ""
        if pool.isGPU, need.total <= pool.total - pool.total / 50 {
            let who = holders.isEmpty ? "the other processes on it" : holders.map(\.description).joined(separator: ", ")
            others = "end \(who), or "
        }
        let device = pool.isGPU ? "a GPU with more memory" : "a machine with more memory"
        return
            "For the \(model.engine.title), \(others)use a quantised checkpoint (4 bits per weight, as in AWQ and GPTQ, take "
            + "about a quarter of 16) or \(device)."
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
