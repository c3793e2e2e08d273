import Logging

/// One group at work on the GPU at a time. The paper's offline mode.
///
/// How an engine makes room for others is the business of its ``Tenant``: it ends, or sleeps.
package actor SwapResidency: Residency {
    package nonisolated let groups: [[String]]
    private let tenants: [String: any Tenant]
    private let readAhead: ReadAhead
    private let standby: StandbyMemory?
    private let turnstile = Turnstile()
    private var swaps = 0

    /// Engines that make room by ending.
    ///
    /// - Parameters:
    ///   - engines: each with the name of its configuration.
    ///   - groups: names of engines; nil is a group for each, in the order given.
    ///   - memory: starts the engines, each when all others are gone and their memory is back.
    ///   - readAhead: reads the weights of engines that are about to start.
    ///   - standby: nil where no engine is started ahead of time.
    /// - Throws: ``ResidencyError`` when names do not fit together.
    package init(
        engines: [Engine], groups: [[String]]? = nil, memory: GPUMemoryGate = .withoutGPU(),
        readAhead: ReadAhead = ReadAhead(), standby: StandbyMemory? = nil
    ) throws {
        try self.init(
            tenants: engines.map { ProcessTenant($0, memory: memory) }, groups: groups, readAhead: readAhead,
            standby: standby)
    }

    /// Engines that make room by sleeping.
    ///
    /// - Parameters:
    ///   - level: see ``EngineClient/sleep(level:)``.
    ///   - memory: by which it is seen that a sleeping engine has given its memory back.
    package init(
        sleepers: [Engine], groups: [[String]]? = nil, level: Int, memory: GPUMemoryGate,
        readAhead: ReadAhead = ReadAhead(), standby: StandbyMemory? = nil, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        let tenants = sleepers.map {
            SleepingTenant($0, level: level, memory: memory, clock: clock, logger: logger)
        }
        try self.init(tenants: tenants, groups: groups, readAhead: readAhead, standby: standby)
    }

    /// - Parameter tenants: each goes by the name of its engine's configuration.
    init(tenants: [any Tenant], groups: [[String]]?, readAhead: ReadAhead, standby: StandbyMemory?) throws {
        let groups = groups ?? tenants.map { [$0.engine.configuration.name] }
        var byName: [String: any Tenant] = [:]
        for tenant in tenants {
            let name = tenant.engine.configuration.name
            guard byName.updateValue(tenant, forKey: name) == nil else {
                throw ResidencyError(description: "two engines have the name \(name)")
            }
        }
        if let unknown = groups.joined().first(where: { byName[$0] == nil }) {
            throw ResidencyError(description: "a group names the engine \(unknown), which there is not")
        }
        self.tenants = byName
        self.groups = groups
        self.readAhead = readAhead
        self.standby = standby
    }

    package func activate(_ group: [String]) async throws -> [String: any EngineHandle] {
        guard groups.contains(group) else {
            throw ResidencyError(description: "\(group) is not one of the groups \(groups)")
        }
        // Here too: others take their time to go, and an engine spends more of its own on imports before it reads.
        await readAhead(group)
        return try await inTurn {
            var stopped = 0
            for name in self.allNames where !group.contains(name) {
                await self.tenants[name]?.engine.dismiss()
                if try await self.tenants[name]?.unload(beside: self.up(without: name)) == true { stopped += 1 }
            }
            await self.add(swaps: stopped)
            var active: [String: any EngineHandle] = [:]
            // One after the other: engines that start together mistake each other's memory for free.
            for name in group {
                guard let tenant = self.tenants[name] else { continue }
                try await tenant.load(beside: self.up(without: name))
                active[name] = tenant.engine
            }
            return active
        }
    }

    package func restart(_ name: String) async throws -> any EngineHandle {
        guard let tenant = tenants[name] else {
            throw ResidencyError(description: "there is no engine \(name)")
        }
        return try await inTurn {
            try await tenant.engine.stop()
            try await tenant.load(beside: self.up(without: name))
            return tenant.engine
        }
    }

    package func expect(_ group: [String]) async {
        await standBy(group)
        await readAhead(group)
    }

    /// Starts the first engine of a group that is not up as far as it can be while others work, and gives up what was started
    /// for another group.
    private func standBy(_ group: [String]) async {
        var next: Engine?
        for name in group where next == nil {
            if let engine = tenants[name]?.engine, await engine.state != .ready { next = engine }
        }
        for tenant in tenants.values where tenant.engine !== next {
            await tenant.engine.dismiss()
        }
        guard let standby, let next, await !next.isPrepared else { return }
        if await standby.allows(beside: reserve) { await next.prepare() }
    }

    /// Bytes of the machine's memory that engines will need which have a process.
    private var reserve: Int {
        get async {
            var reserve = 0
            for tenant in tenants.values {
                reserve = reserve.plus(await tenant.departureBytes)
                if await tenant.engine.isPrepared { reserve = reserve.plus(standby?.bytes ?? 0) }
            }
            return reserve
        }
    }

    private func readAhead(_ group: [String]) async {
        var files: [String] = []
        for name in group where await tenants[name]?.readsFiles == true {
            files += tenants[name]?.engine.configuration.weights.map(\.path) ?? []
        }
        readAhead.read(files, keeping: await reserve)
    }

    package func deactivate() async throws {
        readAhead.stop()
        try await inTurn {
            // Side by side, since there may be little time; all are stopped even when one cannot be.
            let failure = await withTaskGroup(of: (any Error)?.self) { stops in
                for tenant in self.tenants.values {
                    stops.addTask {
                        do { try await tenant.engine.stop() } catch { return error }
                        return nil
                    }
                }
                return await stops.reduce(nil) { $0 ?? $1 }
            }
            if let failure { throw failure }
        }
    }

    package var statistics: ResidencyStatistics {
        get async {
            var statistics = ResidencyStatistics()
            statistics.swaps = swaps
            for (name, tenant) in tenants {
                let counters = await tenant.engine.counters
                statistics.wakings[name] = await tenant.wakings
                statistics.launches += counters.starts.count + counters.failedStarts
                statistics.starts[name] = counters.starts
            }
            return statistics
        }
    }

    private nonisolated var allNames: [String] { tenants.keys.sorted() }

    /// Engines that have a process, be it asleep.
    private nonisolated func up(without name: String) async -> [String] {
        var names: [String] = []
        for other in allNames where other != name {
            if await tenants[other]?.engine.state == .ready { names.append(other) }
        }
        return names
    }

    private func add(swaps count: Int) { swaps += count }

    private func inTurn<Value: Sendable>(_ body: @Sendable () async throws -> Value) async throws -> Value {
        await turnstile.enter()
        do {
            let value = try await body()
            await turnstile.leave()
            return value
        } catch {
            await turnstile.leave()
            throw error
        }
    }
}
