/// One group on the GPU at a time: start it, use it, stop it. The paper's offline mode.
public actor SwapResidency: Residency {
    public nonisolated let groups: [[String]]
    private let engines: [String: Engine]
    private let settle: @Sendable () async throws -> Void
    private let turnstile = Turnstile()
    private var swaps = 0

    /// Groups of engines of which one is up at a time.
    ///
    /// - Parameters:
    ///   - engines: each with the name of its configuration.
    ///   - groups: names of engines; nil is a group for each, in the order given.
    ///   - settle: called when all others are gone and before the first engine starts: the place to wait for GPU memory.
    /// - Throws: ``ResidencyError`` when names do not fit together.
    public init(
        engines: [Engine], groups: [[String]]? = nil, settle: @escaping @Sendable () async throws -> Void = {}
    ) throws {
        let groups = groups ?? engines.map { [$0.configuration.name] }
        var byName: [String: Engine] = [:]
        for engine in engines {
            let name = engine.configuration.name
            guard byName.updateValue(engine, forKey: name) == nil else {
                throw ResidencyError(description: "two engines have the name \(name)")
            }
        }
        if let unknown = groups.joined().first(where: { byName[$0] == nil }) {
            throw ResidencyError(description: "a group names the engine \(unknown), which there is not")
        }
        self.engines = byName
        self.groups = groups
        self.settle = settle
    }

    public func activate(_ group: [String]) async throws -> [String: any EngineHandle] {
        guard groups.contains(group) else {
            throw ResidencyError(description: "\(group) is not one of the groups \(groups)")
        }
        return try await inTurn {
            var stopped = 0
            for name in self.allNames where !group.contains(name) {
                guard let engine = self.engines[name] else { continue }
                let wasUp = await engine.state != .stopped
                try await engine.stop()
                if wasUp { stopped += 1 }
            }
            await self.add(swaps: stopped)
            var active: [String: any EngineHandle] = [:]
            var settled = false
            // One after the other: engines that start together mistake each other's memory for free.
            for name in group {
                guard let engine = self.engines[name] else { continue }
                if await engine.state != .ready, !settled {
                    try await self.settle()
                    settled = true
                }
                try await engine.start()
                active[name] = engine
            }
            return active
        }
    }

    public func restart(_ name: String) async throws -> any EngineHandle {
        guard let engine = engines[name] else {
            throw ResidencyError(description: "there is no engine \(name)")
        }
        return try await inTurn {
            try await engine.stop()
            try await self.settle()
            try await engine.start()
            return engine
        }
    }

    public func deactivate() async throws {
        try await inTurn {
            // All are stopped even when one cannot be.
            var failure: (any Error)?
            for name in self.allNames {
                do { try await self.engines[name]?.stop() } catch { failure = failure ?? error }
            }
            if let failure { throw failure }
        }
    }

    public var statistics: ResidencyStatistics {
        get async {
            var statistics = ResidencyStatistics()
            statistics.swaps = swaps
            for (name, engine) in engines {
                let counters = await engine.counters
                statistics.coldStarts += counters.starts + counters.failedStarts
                if counters.starts > 0 { statistics.secondsLoading[name] = counters.secondsLoading }
            }
            return statistics
        }
    }

    private nonisolated var allNames: [String] { engines.keys.sorted() }

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
