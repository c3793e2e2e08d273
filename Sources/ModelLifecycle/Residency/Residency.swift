import Logging
import Support

/// Controls which engines are up: one group at a time, as in the paper's offline mode.
package actor Residency {
    /// Names of engines that may be up together, in the order of a wave: `[["draft"], ["prm"], ["target"]]` if the GPU holds one
    /// at a time.
    package nonisolated let groups: [[String]]
    private let engines: [String: any ManagedEngine]
    private let readAhead: ReadAhead
    private let standby: StandbyMemory?
    private let turnstile = Turnstile()

    /// A residency of engines that free memory by ending.
    ///
    /// - Parameters:
    ///   - engines: named by their configurations.
    ///   - groups: nil gives each engine its own group, in the order given.
    ///   - memory: starts the engines once the memory of ended ones is free.
    ///   - readAhead: reads the weights of engines that are about to start.
    ///   - standby: nil if no engine is started ahead of time.
    /// - Throws: ``ResidencyError`` for duplicate or unknown names.
    package init(
        engines: [Engine], groups: [[String]]? = nil, memory: GPUMemoryGate = .withoutGPU(),
        readAhead: ReadAhead = ReadAhead(), standby: StandbyMemory? = nil
    ) throws {
        try self.init(
            engines.map { LocalEngine($0, memory: memory) }, groups: groups, readAhead: readAhead, standby: standby)
    }

    /// A residency of engines that free memory by sleeping.
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

    /// A residency of servers that are already up, such as one per GPU of a node: the paper's online mode.
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

    /// Makes a group the resident one. Does nothing if it already is.
    ///
    /// - Returns: its ready engines by name; and the events, swaps last.
    /// - Throws: errors of ``Engine/start()`` and ``Engine/stop()``; ``ResidencyError``.
    package func activate(_ group: [String]) async throws -> (
        engines: [String: any ManagedEngine], events: [EngineEvent]
    ) {
        guard groups.contains(group) else {
            throw ResidencyError(description: "\(group) is not one of the groups \(groups)")
        }
        // Reading now uses the time in which others stop and the engine imports.
        await readAhead(group)
        return try await turnstile.pass { [engines] in
            var (swaps, events) = ([EngineEvent](), [EngineEvent]())
            for (name, engine) in engines.sorted(by: { $0.key < $1.key }) where !group.contains(name) {
                await engine.process?.dismiss()
                if try await engine.unload(beside: self.up(without: name)) { swaps.append(.swapped) }
            }
            // In turn: engines that start together mistake each other's memory for free.
            for name in group {
                if let engine = engines[name] { events += try await engine.load(beside: self.up(without: name)) }
            }
            return (engines.filter { group.contains($0.key) }, events + swaps)
        }
    }

    /// Restarts one engine of the resident group in a new process after a fault.
    ///
    /// - Throws: errors of ``activate(_:)``.
    package func restart(_ name: String) async throws -> [EngineEvent] {
        guard let engine = engines[name] else {
            throw ResidencyError(description: "there is no engine \(name)")
        }
        return try await turnstile.pass { try await engine.restart(beside: self.up(without: name)) }
    }

    /// Prepares the start of the next group: starts an engine ahead of time and reads weights. Returns at once; a wrong guess costs only
    /// the preparation. An empty group stands for none.
    package func expect(_ group: [String]) async {
        await standBy(group)
        await readAhead(group)
    }

    /// Starts the first engine of a group that is not up, as far as possible while others work. Ends engines started ahead of time
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

    /// Stops all engines. Completes even if the calling task is cancelled.
    package func deactivate() async throws { _ = try await deactivate { _ in false } }

    /// Stops all engines except those that are up, asleep or not, and wanted after this run.
    ///
    /// - Returns: these. They are still the caller's to stop.
    package func deactivate(keeping isWanted: @Sendable (EngineConfiguration) -> Bool) async throws -> [LocalEngine] {
        readAhead.stop()
        return try await turnstile.pass { [engines] in
            var kept: [LocalEngine] = []
            for engine in engines.values.sorted(by: { $0.name < $1.name }) {
                guard let local = engine as? LocalEngine, isWanted(local.engine.configuration), await local.isUp,
                    (try? await local.engine.keep()) != nil
                else { continue }
                kept.append(local)
            }
            let names = Set(kept.map(\.name))
            // Concurrently, since time may be short; all others are stopped even if one fails to stop.
            let failure = await withTaskGroup(of: (any Error)?.self) { stops in
                for engine in engines.values where !names.contains(engine.name) {
                    stops.addTask {
                        do { try await engine.stop() } catch { return error }
                        return nil
                    }
                }
                return await stops.reduce(nil) { $0 ?? $1 }
            }
            if let failure { throw failure }
            return kept
        }
    }

    /// Gives way to a residency of the same engines with other settings. An engine that has the same settings in both keeps its process;
    /// all others end.
    ///
    /// - Returns: swaps.
    /// - Throws: errors of ``Engine/stop()``; then some processes may still be up, here and there.
    package func handOver(to next: Residency) async throws -> [EngineEvent] {
        readAhead.stop()
        return try await turnstile.pass { [engines] in
            var (staying, ending) = ([LocalEngine](), [any ManagedEngine]())
            for engine in engines.values.sorted(by: { $0.name < $1.name }) {
                if let local = engine as? LocalEngine, await local.isUp, next.hasSame(local) {
                    staying.append(local)
                } else {
                    ending.append(engine)
                }
            }
            var swaps: [EngineEvent] = []
            for engine in ending {
                if await engine.isUp { swaps.append(.swapped) }
                try await engine.stop()
            }
            _ = try await next.takeOver(staying)
            return swaps
        }
    }

    private nonisolated func hasSame(_ engine: LocalEngine) -> Bool {
        engines[engine.name]?.process?.configuration.ofProcess == engine.engine.configuration.ofProcess
    }

    /// Takes over processes of an earlier run: each goes to the engine with its name.
    ///
    /// - Returns: the names of those that were still up, and whether each is awake.
    /// - Throws: `LedgerError`.
    package func takeOver(_ kept: [LocalEngine]) async throws -> [(name: String, isAwake: Bool)] {
        var taken: [(String, Bool)] = []
        for other in kept {
            guard let engine = engines[other.name] as? LocalEngine, try await engine.takeOver(other) else { continue }
            taken.append((other.name, await engine.isAwake))
        }
        return taken
    }

    /// Other engines that have a process, asleep or not.
    private nonisolated func up(without name: String) async -> [String] {
        var names: [String] = []
        for other in engines.keys.sorted() where other != name {
            if await engines[other]?.isUp == true { names.append(other) }
        }
        return names
    }
}

/// Invalid engine names or groups.
package struct ResidencyError: ProgramError, Hashable {
    package let description: String
    package var explanation: Explanation { Explanation("residency", .engine, description, remedy: nil) }
}
