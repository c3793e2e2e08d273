import Logging
import Support

/// Decides which engines are up, and when: one group at a time, the paper's offline mode.
package actor Residency {
    /// Names of engines that may be up together, in the order in which a wave visits them:
    /// `[["draft"], ["prm"], ["target"]]` where one fits on the GPU at a time.
    package nonisolated let groups: [[String]]
    private let engines: [String: any ManagedEngine]
    private let readAhead: ReadAhead
    private let standby: StandbyMemory?
    private let turnstile = Turnstile()

    /// Engines that make room by ending.
    ///
    /// - Parameters:
    ///   - engines: each with the name of its configuration.
    ///   - groups: nil is a group for each engine, in the order given.
    ///   - memory: starts the engines, each when all others are gone and their memory is back.
    ///   - readAhead: reads the weights of engines that are about to start.
    ///   - standby: nil where no engine is started ahead of time.
    /// - Throws: ``ResidencyError`` when names do not fit together.
    package init(
        engines: [Engine], groups: [[String]]? = nil, memory: GPUMemoryGate = .withoutGPU(),
        readAhead: ReadAhead = ReadAhead(), standby: StandbyMemory? = nil
    ) throws {
        try self.init(
            engines.map { LocalEngine($0, memory: memory) }, groups: groups, readAhead: readAhead, standby: standby)
    }

    /// Engines that make room by sleeping.
    ///
    /// - Parameters:
    ///   - level: see ``EngineClient/sleep(level:)``.
    ///   - memory: shows whether a sleeping engine has freed its memory.
    package init(
        sleepers: [Engine], groups: [[String]]? = nil, level: Int, memory: GPUMemoryGate,
        readAhead: ReadAhead = ReadAhead(), standby: StandbyMemory? = nil, logger: Logger,
        clock: any Clock<Duration> = ContinuousClock()
    ) throws {
        let engines = sleepers.map {
            LocalEngine(
                $0, memory: memory,
                sleep: SleepCycle($0, level: level, memory: memory, clock: clock, logger: logger))
        }
        try self.init(engines, groups: groups, readAhead: readAhead, standby: standby)
    }

    /// Servers that are up already, such as one for each GPU of a node: the paper's online mode.
    package init(attached: [AttachedEngine]) throws {
        try self.init(attached, groups: [attached.map(\.name)], readAhead: ReadAhead(), standby: nil)
    }

    private init(
        _ engines: [any ManagedEngine], groups: [[String]]?, readAhead: ReadAhead, standby: StandbyMemory?
    ) throws {
        let groups = groups ?? engines.map { [$0.name] }
        var byName: [String: any ManagedEngine] = [:]
        for engine in engines where byName.updateValue(engine, forKey: engine.name) != nil {
            throw ResidencyError(description: "two engines have the name \(engine.name)")
        }
        if let unknown = groups.joined().first(where: { byName[$0] == nil }) {
            throw ResidencyError(description: "a group names the engine \(unknown), which does not exist")
        }
        self.engines = byName
        self.groups = groups
        self.readAhead = readAhead
        self.standby = standby
    }

    /// Makes a group the resident one. Does nothing where it already is.
    ///
    /// - Returns: its engines, ready, by name; and what happened, swaps last.
    /// - Throws: what ``Engine/start()`` and ``Engine/stop()`` throw; ``ResidencyError``.
    package func activate(_ group: [String]) async throws -> (
        engines: [String: any ManagedEngine], events: [EngineEvent]
    ) {
        guard groups.contains(group) else {
            throw ResidencyError(description: "\(group) is not one of the groups \(groups)")
        }
        // Here too: stopping others takes time, and an engine imports before it reads.
        await readAhead(group)
        return try await turnstile.pass { [engines] in
            var (swaps, events) = ([EngineEvent](), [EngineEvent]())
            for (name, engine) in engines.sorted(by: { $0.key < $1.key }) where !group.contains(name) {
                await engine.process?.dismiss()
                if try await engine.unload(beside: self.up(without: name)) { swaps.append(.swapped) }
            }
            // One after the other: engines that start together mistake each other's memory for free.
            for name in group {
                if let engine = engines[name] { events += try await engine.load(beside: self.up(without: name)) }
            }
            return (engines.filter { group.contains($0.key) }, events + swaps)
        }
    }

    /// Brings one engine of the resident group up in a new process, after it died or went wrong.
    ///
    /// - Throws: as ``activate(_:)``.
    package func restart(_ name: String) async throws -> [EngineEvent] {
        guard let engine = engines[name] else {
            throw ResidencyError(description: "there is no engine \(name)")
        }
        return try await turnstile.pass { try await engine.restart(beside: self.up(without: name)) }
    }

    /// Readies what the start of the group that comes next will need, as far as the next group is known. Returns at once; a wrong
    /// guess costs no more than the readying. An empty group is none.
    package func expect(_ group: [String]) async {
        await standBy(group)
        await readAhead(group)
    }

    /// Starts the first engine of a group that is not up as far as it can be while others work, and ends what was started
    /// for another group.
    private func standBy(_ group: [String]) async {
        var next: Engine?
        for name in group where next == nil {
            if let engine = engines[name]?.process, await engine.state != .ready { next = engine }
        }
        for engine in engines.values where engine.process !== next { await engine.process?.dismiss() }
        guard let standby, let next, await !next.isPrepared else { return }
        if await standby.allows(beside: reserve) { await next.prepare() }
    }

    /// Bytes of the machine's memory that engines with a process will need.
    private var reserve: Int {
        get async {
            var reserve = 0
            for engine in engines.values {
                reserve = reserve.plus(await engine.departureBytes)
                if await engine.process?.isPrepared == true { reserve = reserve.plus(standby?.bytes ?? 0) }
            }
            return reserve
        }
    }

    private func readAhead(_ group: [String]) async {
        var files: [String] = []
        for name in group where await engines[name]?.readsFiles == true {
            files += engines[name]?.process?.configuration.weights.map(\.path) ?? []
        }
        readAhead.read(files, keeping: await reserve)
    }

    /// Leaves nothing up. Runs to its end even when the calling task is cancelled.
    package func deactivate() async throws {
        readAhead.stop()
        try await turnstile.pass { [engines] in
            // Side by side, since there may be little time; all are stopped even when one cannot be.
            let failure = await withTaskGroup(of: (any Error)?.self) { stops in
                for engine in engines.values {
                    stops.addTask {
                        do { try await engine.stop() } catch { return error }
                        return nil
                    }
                }
                return await stops.reduce(nil) { $0 ?? $1 }
            }
            if let failure { throw failure }
        }
    }

    /// Engines that have a process, be it asleep.
    private nonisolated func up(without name: String) async -> [String] {
        var names: [String] = []
        for other in engines.keys.sorted() where other != name {
            if await engines[other]?.isUp == true { names.append(other) }
        }
        return names
    }
}

/// A group that the residency does not know.
package struct ResidencyError: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("residency", .engine, description, remedy: nil) }
}
