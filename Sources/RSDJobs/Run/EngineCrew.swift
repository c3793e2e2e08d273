import ModelLifecycle

/// The resident engines at work.
actor EngineCrew: Crew {
    private let engines: [Role: any EngineHandle]
    private let pieces: [Role: TokenPieces]
    private let asking: Asking
    private let stallTimeout: Duration
    private let restartEngines: @Sendable ([String]) async throws -> Void
    private var sessions: [Role: ModelSession] = [:]
    private var lastSign = ContinuousClock.now

    init(
        engines: [Role: any EngineHandle], pieces: [Role: TokenPieces], asking: Asking, stallTimeout: Double,
        restart: @escaping @Sendable ([String]) async throws -> Void
    ) async throws {
        self.engines = engines
        self.pieces = pieces
        self.asking = asking
        self.stallTimeout = .seconds(stallTimeout)
        restartEngines = restart
        try await openSessions()
    }

    func answer(_ trajectory: Trajectory) async throws -> Event {
        guard let role = trajectory.need.role, let session = sessions[role] else { throw EngineGone() }
        do {
            let event = try await asking.answer(trajectory, from: session)
            lastSign = .now
            return event
        } catch EngineAnswerError.engine {
            throw EngineGone()
        }
    }

    func trouble() async -> EngineTrouble? {
        await withTaskGroup(of: EngineTrouble?.self) { group in
            for (role, engine) in engines {
                group.addTask {
                    guard let how = try? await engine.gone() else { return nil }
                    return .died(engine: role.rawValue, how: how)
                }
            }
            group.addTask { await self.stall() }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    func restart() async throws {
        sessions = [:]
        try await restartEngines(engines.keys.map(\.rawValue).sorted())
        try await openSessions()
    }

    /// An engine that died since it was ready gets no session: whoever asks it is told so, and ``trouble()`` tells how.
    private func openSessions() async throws {
        for (role, engine) in engines {
            do {
                let client = try await engine.client
                // The models that an engine serves under this name; a server that does not tell its context has no limit.
                let served = try await client.models().first { $0.id == role.rawValue }
                sessions[role] = ModelSession(
                    client: client, contextLength: served?.maxModelLength ?? .max,
                    pieces: pieces[role] ?? TokenPieces(), splitter: asking.splitter)
            } catch EngineAnswerError.engine {
            } catch let error as EngineError where error.code == .notReady {
            } catch let error as EngineAnswerError {
                throw EngineUseless(roles: [role], reason: "\(error)")
            }
        }
        lastSign = .now
    }

    // MARK: Progress

    /// Returns when no engine has shown progress for the stall limit. An engine may be well and yet do nothing, so its
    /// answers and its token counters are what counts, not its health.
    private func stall() async -> EngineTrouble? {
        var counters: [Role: Double] = [:]
        while !Task.isCancelled {
            do { try await Task.sleep(for: min(stallTimeout / 4, .seconds(5))) } catch { return nil }
            for (role, session) in sessions {
                var client = session.client
                client.deadline = .seconds(5)
                client.retry = .never
                guard let metrics = try? await client.metrics() else { continue }
                let count = metrics.promptTokens + metrics.generationTokens
                if let last = counters[role], last != count { lastSign = .now }
                counters[role] = count
            }
            if ContinuousClock.now - lastSign >= stallTimeout {
                let names = engines.keys.map(\.rawValue).sorted().joined(separator: "+")
                return .stalled(engine: names, seconds: stallTimeout / .seconds(1))
            }
        }
        return nil
    }
}
