import Decoding
import JobSpecs
import ModelLifecycle
import RunStore
import Synchronization

/// The engines of the resident group, while they are ready.
actor ActiveEngines {
    private let managed: [EngineID: any ManagedEngine]
    private let engines: JobEngines
    private let tokenizers: EngineTokenizers
    private let inference: InferenceClient
    private let requests: RequestsInFlight
    private let stallTimeout: Duration
    private let clock: any Clock<Duration>
    /// The time since the engines became active.
    private let time: @Sendable () -> Duration
    private let restartEngine: @Sendable (EngineID) async throws -> [EngineEvent]
    private var speculated = RunFigures.Speculation()
    /// Behind a lock, so that requests need not wait for a turn.
    private let live = Mutex(Live())

    private struct Live {
        var sessions: [EngineID: ModelSession] = [:]
        var signs: [EngineID: ProgressSigns] = [:]
    }

    /// - Parameters:
    ///   - managed: the engines of the group.
    ///   - engines: the roles that they serve.
    init(
        _ managed: [EngineID: any ManagedEngine], of engines: JobEngines, tokenizers: EngineTokenizers,
        inference: InferenceClient,
        requests: RequestsInFlight, stallTimeout: Double, clock: any Clock<Duration> = ContinuousClock(),
        restart: @escaping @Sendable (EngineID) async throws -> [EngineEvent]
    ) {
        self.managed = managed
        self.engines = engines
        self.tokenizers = tokenizers
        self.inference = inference
        self.requests = requests
        self.stallTimeout = .seconds(stallTimeout)
        self.clock = clock
        time = clock.stopwatch()
        restartEngine = restart
    }

    /// Checks that each engine answers correctly, and restarts those that do not.
    ///
    /// - Returns: the restarts.
    /// - Throws: ``EngineUseless``, or an error of a restart.
    func open() async throws -> [EngineEvent] {
        var events: [EngineEvent] = []
        for engine in managed.keys.sorted(by: { $0.name < $1.name }) { events += try await openSession(engine) }
        _ = await speculation()
        return events
    }

    nonisolated func answer(_ request: InferenceRequest, _ progress: AnswerProgress? = nil) async throws -> Answer {
        let begin = time()
        guard let engine = engines[request.need.role],
            let session = live.withLock({ live in
                live.sessions[engine].map { session in
                    live.signs[engine, default: ProgressSigns()].asked(at: begin)
                    return session
                }
            })
        else { throw EngineGone() }
        defer { live.withLock { $0.signs[engine]?.left() } }
        do {
            let answer = try await inference.answer(request, from: session, progress)
            noteProgress(of: engine)
            return answer
        } catch EngineAnswerError.engine {
            throw EngineGone()
        }
    }

    func trouble() async -> EngineTrouble? {
        await withTaskGroup(of: EngineTrouble?.self) { group in
            for (engine, process) in managed {
                group.addTask {
                    guard let how = try? await process.gone() else { return nil }
                    return .died(engine, how: how)
                }
                group.addTask { await self.stall(of: engine) }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    func loads() async -> [EngineID: EngineMetrics] {
        let adaptive = requests.adaptive
        let asked = live.withLock { live in
            live.sessions.filter { adaptive.contains($0.key) && live.signs[$0.key]?.isAsked == true }
        }
        return await withTaskGroup(of: (EngineID, EngineMetrics?).self) { group in
            for (engine, session) in asked {
                group.addTask {
                    var client = session.client
                    (client.deadline, client.retry) = (.seconds(5), .never)
                    return (engine, try? await client.metrics())
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }

    /// A restarted engine counts from 0; what the process before it counted since the last call is lost.
    func speculation() async -> RunFigures.Speculation? {
        guard var client = engines[.speculative].flatMap(session(with:))?.client else { return nil }
        // A run that is stopping does not wait for an engine that hangs.
        (client.deadline, client.retry) = (min(stallTimeout, .seconds(5)), .never)
        guard let metrics = try? await client.metrics() else { return nil }
        let now = RunFigures.Speculation(
            proposed: Int(memory: Int(bounding: metrics.proposedTokens)),
            accepted: Int(memory: Int(bounding: metrics.acceptedTokens)))
        defer { speculated = now }
        let isSame = now.proposed >= speculated.proposed
        return isSame
            ? .init(proposed: now.proposed - speculated.proposed, accepted: now.accepted - speculated.accepted) : now
    }

    func restart(_ engine: EngineID) async throws -> [EngineEvent] {
        live.withLock { $0.sessions[engine] = nil }
        return try await restartEngine(engine) + openSession(engine)
    }

    /// Opens a session with an engine, and restarts the engine if it answers incorrectly. An engine that has died since it was
    /// ready gets no session: requests to it throw ``EngineGone``, and ``trouble()`` returns how it ended.
    private func openSession(_ engine: EngineID, restarts: Int = 1) async throws -> [EngineEvent] {
        guard let process = managed[engine] else { return [] }
        do {
            var client = try await process.client
            client.deadline = requests.deadline(of: engine)
            let context = try await client.contextLength()
            if let wanted = engines.namesake(of: engine).flatMap({ inference.contexts[$0] }), let context,
                context < wanted
            {
                throw CanaryError(
                    description: "its context is \(context) tokens, and the job's `context` is \(wanted)")
            }
            if engines[.prm] == engine { try await checkScores(of: client) }
            let session = ModelSession(
                client: client, contextLength: context ?? .max,
                reader: await tokenizers.reader(of: engine), splitter: inference.splitter,
                rewards: inference.rewards)
            live.withLock { $0.sessions[engine] = session }
        } catch EngineAnswerError.engine {
        } catch let error as EngineError where error.code == .notReady {
        } catch let error where error is EngineAnswerError || error is CanaryError {
            guard restarts > 0 else { throw EngineUseless(engines: [engine], reason: "\(error)") }
            return try await restartEngine(engine) + openSession(engine, restarts: restarts - 1)
        }
        return []
    }

    private func checkScores(of client: EngineClient) async throws {
        var client = client
        client.deadline = stallTimeout
        try await Canary(task: inference.prmTask).checkRepeatability(of: client)
    }

    private nonisolated func session(with engine: EngineID) -> ModelSession? { live.withLock { $0.sessions[engine] } }

    // MARK: Progress

    private nonisolated func signs(of engine: EngineID) -> ProgressSigns? { live.withLock { $0.signs[engine] } }

    private nonisolated func noteProgress(of engine: EngineID) {
        let now = time()
        live.withLock { $0.signs[engine]?.last = now }
    }

    /// Returns once an engine with open requests has made no progress for the stall limit. An engine can be healthy and still do
    /// nothing, so progress means responses and token counters, not health.
    private func stall(of engine: EngineID) async -> EngineTrouble? {
        var counter: Double?
        while !Task.isCancelled {
            do { try await clock.sleep(for: min(stallTimeout / 4, .seconds(5))) } catch { return nil }
            guard var client = session(with: engine)?.client, signs(of: engine)?.isAsked == true else { continue }
            client.deadline = .seconds(5)
            client.retry = .never
            if let metrics = try? await client.metrics() {
                let count = metrics.promptTokens + metrics.generationTokens
                if counter != count { noteProgress(of: engine) }
                counter = count
            }
            if let signs = signs(of: engine), signs.isAsked, time() - signs.last >= stallTimeout {
                return .stalled(engine, seconds: stallTimeout / .seconds(1))
            }
        }
        return nil
    }
}

/// The time of an engine's last progress, and its open requests.
private struct ProgressSigns: Sendable {
    var last = Duration.zero
    private var requests = 0

    var isAsked: Bool { requests > 0 }

    mutating func asked(at time: Duration) {
        // An idle engine had no progress to make.
        if requests == 0 { last = time }
        requests += 1
    }

    mutating func left() { requests -= 1 }
}

extension Clock<Duration> {
    /// Returns what tells the time since this call.
    fileprivate func stopwatch() -> @Sendable () -> Duration {
        let start = now
        return { start.duration(to: now) }
    }
}
