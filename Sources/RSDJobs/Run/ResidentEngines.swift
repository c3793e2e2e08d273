import Foundation
import Logging
import ModelLifecycle

/// The engines of a job, under a residency.
struct ResidentEngines: EngineRoom {
    private let job: LoadedJob
    private let askVersion: @Sendable () async throws -> String
    private let ledger: EngineLedger
    private let residency: any Residency
    /// Whether engines come up by this program's doing.
    private let startsEngines: Bool
    private let asking: Asking
    /// Kept over restarts: a model's tokens do not change.
    private let pieces: [Role: TokenPieces]
    private let logger: Logger
    let groups: [[Role]]

    /// - Throws: `LedgerError`, `ResidencyError`, `EngineError`.
    init(job: LoadedJob, directory: RunDirectory, logger: Logger) throws {
        let spec = job.spec
        // A wave drafts, scores, and has the target rewrite.
        let roles = [Role.draft, .prm, .target].filter { role in
            spec.methods.contains { $0.kind.roles.contains(role) }
        }
        let ledger = try EngineLedger(path: directory.engines.path)
        self.job = job
        self.ledger = ledger
        self.logger = logger
        startsEngines = spec.engine.residency != .attach
        if spec.engine.residency == .attach {
            let attached = AttachResidency(
                servers: try roles.compactMap { role in
                    try spec.models[role].flatMap { try AttachedServer(role: role, model: $0) }
                }, patience: .seconds(spec.engine.startTimeout), retry: Self.retry)
            residency = attached
            askVersion = { "attached: vllm " + (try await attached.versions()) }
        } else {
            let dialect: any EngineDialect =
                switch spec.engine.kind {
                case .pocket: PocketDialect()
                case .vllm: VLLMDialect(installation: VLLMInstallation(venv: spec.engine.venv))
                }
            let engines = roles.compactMap { role in
                spec.models[role].map { model in
                    Engine(
                        configuration: EngineConfiguration(role: role, model: model, engine: spec.engine),
                        dialect: dialect, ledger: ledger, logDirectory: directory.logs.path,
                        requests: EngineRequests(retry: Self.retry), logger: logger)
                }
            }
            residency = try spec.engine.residency(of: engines, roles: Set(roles), logger: logger)
            askVersion = { try await dialect.version() }
        }
        asking = Asking(job: job)
        pieces = Dictionary(uniqueKeysWithValues: roles.map { ($0, TokenPieces()) })
        groups = residency.groups.map { $0.compactMap(Role.init(rawValue:)) }
    }

    private static let retry = RetryPolicy(attempts: 3)

    func version() async throws -> String {
        try await askVersion()
    }

    func sweep() async throws -> Int {
        let sweep = try await ledger.sweepLeftovers(grace: .seconds(job.spec.engine.stopGrace))
        for elsewhere in sweep.elsewhere {
            logger.warning(
                "an engine (\(elsewhere.engine)) of this run was started on \(elsewhere.host) and never stopped; look there"
            )
        }
        return sweep.ended.count
    }

    func enter(_ group: [Role], note: @escaping EngineNoteTaker) async throws -> any Crew {
        let names = group.map(\.rawValue)
        let before = await residency.statistics
        let engines = try await announcing(names, note) { try await residency.activate(names) }
        for _ in before.swaps..<(await residency.statistics.swaps) { try await note(.swapped) }
        var resident: [Role: any EngineHandle] = [:]
        for role in group { resident[role] = engines[role.rawValue] }
        return try await EngineCrew(
            engines: resident, pieces: pieces, asking: asking, stallTimeout: job.spec.engine.stallTimeout,
            restart: { [residency] name in
                try await announcing([name], note) { _ = try await residency.restart(name) }
            })
    }

    func leave() async throws {
        try await residency.deactivate()
    }

    /// Notes the loads and wakings that `body` causes.
    @discardableResult
    private func announcing<Value: Sendable>(
        _ names: [String], _ note: EngineNoteTaker, _ body: () async throws -> Value
    ) async throws -> Value {
        guard startsEngines else { return try await body() }
        let before = await residency.statistics
        for name in names { try await note(.loading(engine: name)) }
        let value = try await twiceIfKilled(body)
        let after = await residency.statistics
        for name in names {
            func spent(_ seconds: KeyPath<ResidencyStatistics, [String: Double]>) -> Double {
                after[keyPath: seconds][name, default: 0] - before[keyPath: seconds][name, default: 0]
            }
            if spent(\.secondsLoading) > 0 {
                try await note(.loaded(engine: name, seconds: spent(\.secondsLoading)))
            }
            if spent(\.secondsWaking) > 0 { try await note(.woken(engine: name, seconds: spent(\.secondsWaking))) }
        }
        return value
    }
}

extension ResidentEngines {
    /// An engine that something kills while it starts has done nothing wrong: it gets one more start.
    private func twiceIfKilled<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as EngineError where error.code == .diedDuringStart {
            guard case .signalled = error.exit else { throw error }
            logger.warning("engine \(error.engine): \(error.message); starting it once more")
            return try await body()
        }
    }
}
