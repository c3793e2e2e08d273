import Decoding
import Foundation
import JobSpecs
import Logging
import ModelLifecycle
import RunStore
import Synchronization

/// The engines of a job and their residency.
final class ResidentEngines: EnginePool {
    private let job: LoadedJob
    private let arrangement: Mutex<Arrangement>
    private let rearrange: @Sendable (_ united: [EngineID]?) async throws -> (Residency, [EngineEvent])
    /// The engines of the resident group.
    private let active = Mutex<ActiveEngines?>(nil)
    private let inference: InferenceClient
    /// Kept across restarts: a model's tokens do not change.
    private let tokenizers: EngineTokenizers
    private let engines: JobEngines
    private let whenDone: @Sendable () async throws -> Void
    private let logger: Logger
    let groups: [[EngineID]]
    let reason: String?
    let requests: RequestsInFlight
    let ready: Set<EngineID>
    let energy: EnergyMeter?
    let sleeps: Bool
    let tail: TailPlan?
    let mostRequests: Int

    /// How the engines are set up.
    private struct Arrangement {
        var residency: Residency
        /// Engines that are up together and took turns before.
        var united: [EngineID]?
    }

    /// - Parameters:
    ///   - ready: see ``EnginePool/ready``.
    ///   - rearrange: sets the engines up for being up together, or as before.
    ///   - leave: see ``leave()``.
    /// - Throws: ``ModelFilesError``.
    init(
        _ residency: Residency, of job: LoadedJob, requests: RequestsInFlight, reason: String? = nil,
        ready: Set<EngineID> = [], energy: EnergyMeter? = nil, startsEngines: Bool, sleeps: Bool = false,
        tail: TailPlan? = nil,
        rearrange: @escaping @Sendable ([EngineID]?) async throws -> (Residency, [EngineEvent]) = { _ in
            throw ResidencyImpossible("these engines cannot be up together")
        },
        leave: @escaping @Sendable () async throws -> Void = {},
        logger: Logger
    ) throws {
        whenDone = leave
        self.ready = ready
        arrangement = Mutex(Arrangement(residency: residency))
        (self.sleeps, self.tail, self.rearrange) = (sleeps, tail, rearrange)
        self.job = job
        self.reason = reason
        self.energy = energy
        self.logger = logger
        inference = try InferenceClient(job: job)
        engines = JobEngines(job.spec)
        tokenizers = EngineTokenizers(job.spec, logger: logger)
        groups = residency.groups.map { $0.map { EngineID($0) } }
        let shellLimit = OpenFiles.limit
        // Starting a process needs files too: an engine that dies must be restarted however many requests are in flight.
        let limit = startsEngines ? min(shellLimit, ChildProcess.mostOpenFiles) : shellLimit
        mostRequests = RequestsInFlight.most(files: limit)
        self.requests = requests.limited(toFiles: limit, groups: groups)
        if self.requests != requests, limit == shellLimit {
            logger.warning(
                """
                the limit of \(shellLimit) open files keeps fewer requests in flight than the engines can take \
                (\(self.requests) instead of \(requests)); raise it with `ulimit -n`
                """)
        }
    }

    func activate(_ group: [EngineID]) async throws -> [EngineEvent] {
        try await arrange(uniting: nil) + bringUp(group)
    }

    func unite(_ engines: [EngineID]) async throws -> [EngineEvent] {
        try await arrange(uniting: engines) + bringUp(engines)
    }

    private var residency: Residency { arrangement.withLock { $0.residency } }

    /// - Returns: swaps.
    private func arrange(uniting united: [EngineID]?) async throws -> [EngineEvent] {
        guard arrangement.withLock({ $0.united }) != united else { return [] }
        active.withLock { $0 = nil }
        let (residency, swaps) = try await rearrange(united)
        arrangement.withLock { $0 = Arrangement(residency: residency, united: united) }
        return swaps
    }

    private func bringUp(_ group: [EngineID]) async throws -> [EngineEvent] {
        let names = group.map(\.name)
        let (resident, events) = try await retryOnceIfKilled { try await residency.activate(names) }
        var managed: [EngineID: any ManagedEngine] = [:]
        for engine in group { managed[engine] = resident[engine.name] }
        let next = ActiveEngines(
            managed, of: engines, tokenizers: tokenizers, inference: inference, requests: requests,
            stallTimeout: job.spec.engine.stallTimeout,
            restart: { [self] engine in
                try await retryOnceIfKilled { try await residency.restart(engine.name) }
            })
        active.withLock { $0 = next }
        return try await events + next.open()
    }

    func expect(_ group: [EngineID]) async { await residency.expect(group.map(\.name)) }

    func answer(_ request: InferenceRequest, _ progress: AnswerProgress?) async throws -> Answer {
        guard let active = active.withLock({ $0 }) else { throw EngineGone() }
        return try await active.answer(request, progress)
    }

    func trouble() async -> EngineTrouble? { await active.withLock { $0 }?.trouble() }

    func loads() async -> [EngineID: EngineMetrics] { await active.withLock { $0 }?.loads() ?? [:] }

    func speculation() async -> RunFigures.Speculation? { await active.withLock { $0 }?.speculation() }

    func restart(_ engine: EngineID) async throws -> [EngineEvent] {
        try await active.withLock { $0 }?.restart(engine) ?? []
    }

    func leave() async throws {
        // They hold this pool, to restart engines.
        active.withLock { $0 = nil }
        try await whenDone()
    }

    func stop() async throws {
        active.withLock { $0 = nil }
        try await residency.deactivate()
    }
}

extension ResidentEngines {
    /// Retries once if an engine was killed during its start, which is not the engine's fault.
    private func retryOnceIfKilled<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as EngineError where error.code == .diedDuringStart {
            switch error.exit {
            // The exit of a fork is unknown if its parent was killed with it.
            case .signalled, .unknown: break
            case .exited, nil: throw error
            }
            logger.warning("engine \(error.engine): \(error.message); restarting it")
            return try await body()
        }
    }
}
