import Decoding
import ModelLifecycle
import RunStore

/// The resident engines at work.
actor EngineCrew: Crew {
    private let engines: [Role: any EngineHandle]
    private let pieces: [Role: TokenPieces]
    private let asking: Asking
    private let requests: RequestsInFlight
    private let stallTimeout: Duration
    private let restartEngine: @Sendable (String) async throws -> Void
    private var sessions: [Role: ModelSession] = [:]
    private var speculated = RunFigures.Speculation()
    private var signs: [Role: ProgressSigns] = [:]

    init(
        engines: [Role: any EngineHandle], pieces: [Role: TokenPieces], asking: Asking, requests: RequestsInFlight,
        stallTimeout: Double,
        restart: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        self.engines = engines
        self.pieces = pieces
        self.asking = asking
        self.requests = requests
        self.stallTimeout = .seconds(stallTimeout)
        restartEngine = restart
        for role in engines.keys { try await openSession(role) }
        _ = await speculation()
    }

    func answer(_ question: Question) async throws -> Answer {
        guard let role = question.need.role, let session = sessions[role] else { throw EngineGone() }
        signs[role, default: ProgressSigns()].asked()
        defer { signs[role]?.left() }
        do {
            let answer = try await asking.answer(question, from: session)
            signs[role]?.seen()
            return answer
        } catch EngineAnswerError.engine {
            throw EngineGone()
        }
    }

    func trouble() async -> EngineTrouble? {
        await withTaskGroup(of: EngineTrouble?.self) { group in
            for (role, engine) in engines {
                group.addTask {
                    guard let how = try? await engine.gone() else { return nil }
                    return .died(role, how: how)
                }
                group.addTask { await self.stall(of: role) }
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }

    /// An engine that was started anew counts from 0 again; what its predecessor counted since the last look is lost.
    func speculation() async -> RunFigures.Speculation? {
        guard var client = sessions[.speculative]?.client else { return nil }
        // A run that is to stop does not wait for an engine that hangs.
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

    func restart(_ role: Role) async throws {
        sessions[role] = nil
        try await restartEngine(role.rawValue)
        try await openSession(role)
    }

    /// An engine that died since it was ready gets no session: whoever asks it is told so, and ``trouble()`` tells how. One
    /// that answers wrongly is started once more.
    private func openSession(_ role: Role, restarts: Int = 1) async throws {
        guard let engine = engines[role] else { return }
        do {
            var client = try await engine.client
            client.deadline = requests.deadline(of: role)
            let context = try await client.contextLength()
            if let wanted = asking.contexts[role], let context, context < wanted {
                throw CanaryError(
                    description: "its context holds \(context) tokens, and the job's `context` is \(wanted)")
            }
            if role == .prm { try await checkScores(of: client) }
            sessions[role] = ModelSession(
                client: client, contextLength: context ?? .max,
                pieces: pieces[role] ?? TokenPieces(), splitter: asking.splitter, rewards: asking.rewards)
        } catch EngineAnswerError.engine {
        } catch let error as EngineError where error.code == .notReady {
        } catch let error where error is EngineAnswerError || error is CanaryError {
            guard restarts > 0 else { throw EngineUseless(roles: [role], reason: "\(error)") }
            try await restartEngine(role.rawValue)
            try await openSession(role, restarts: restarts - 1)
        }
    }

    private func checkScores(of client: EngineClient) async throws {
        var client = client
        client.deadline = stallTimeout
        try await Canary(task: asking.prmTask).checkRepeatability(of: client)
    }

    // MARK: Progress

    /// Returns when an engine that was asked something has shown no progress for the stall limit. An engine may be well and
    /// yet do nothing, so its answers and its token counters are what counts, not its health.
    private func stall(of role: Role) async -> EngineTrouble? {
        var counter: Double?
        while !Task.isCancelled {
            do { try await Task.sleep(for: min(stallTimeout / 4, .seconds(5))) } catch { return nil }
            guard var client = sessions[role]?.client, signs[role]?.isAsked == true else { continue }
            client.deadline = .seconds(5)
            client.retry = .never
            if let metrics = try? await client.metrics() {
                let count = metrics.promptTokens + metrics.generationTokens
                if counter != count { signs[role]?.seen() }
                counter = count
            }
            if let signs = signs[role], signs.isAsked, signs.age >= stallTimeout {
                return .stalled(role, seconds: stallTimeout / .seconds(1))
            }
        }
        return nil
    }
}

/// When an engine last gave a sign that it works on what it was asked.
private struct ProgressSigns {
    private var last = ContinuousClock.now
    private var questions = 0

    var isAsked: Bool { questions > 0 }
    var age: Duration { ContinuousClock.now - last }

    mutating func asked() {
        // What was idle has had nothing to show.
        if questions == 0 { last = .now }
        questions += 1
    }

    mutating func left() { questions -= 1 }
    mutating func seen() { last = .now }
}
