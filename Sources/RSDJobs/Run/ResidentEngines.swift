import Foundation
import Logging
import ModelLifecycle

/// Engine processes of a job, under a residency.
struct ResidentEngines: EngineRoom {
    private let job: LoadedJob
    private let dialect: any EngineDialect
    private let ledger: EngineLedger
    private let residency: any Residency
    private let asking: Asking
    /// Kept over restarts: a model's tokens do not change.
    private let pieces: [Role: TokenPieces]
    private let logger: Logger
    let groups: [[Role]]

    /// - Throws: `LedgerError`, `ResidencyError`.
    init(job: LoadedJob, directory: RunDirectory, logger: Logger) throws {
        let spec = job.spec
        let roles = spec.methods.reduce(into: Set<Role>()) { $0.formUnion($1.kind.roles) }
        let ledger = try EngineLedger(path: directory.engines.path)
        let dialect: any EngineDialect =
            switch spec.engine.kind {
            case .pocket: PocketDialect()
            case .vllm: VLLMDialect(installation: VLLMInstallation(venv: spec.engine.venv))
            }
        // A wave drafts, scores, and has the target rewrite.
        let engines = [Role.draft, .prm, .target].filter(roles.contains).compactMap { role in
            spec.models[role].map { model in
                Engine(
                    configuration: EngineConfiguration(role: role, model: model, engine: spec.engine),
                    dialect: dialect, ledger: ledger, logDirectory: directory.logs.path,
                    requests: EngineRequests(retry: RetryPolicy(attempts: 3)), logger: logger)
            }
        }
        self.job = job
        self.dialect = dialect
        self.ledger = ledger
        self.logger = logger
        switch spec.engine.residency {
        case .swap: residency = try SwapResidency(engines: engines, groups: spec.engine.groups(of: roles))
        case .share: residency = try SwapResidency(engines: engines, groups: [engines.map(\.configuration.name)])
        case .sleep, .attach: fatalError()
        }
        asking = Asking(job: job)
        pieces = Dictionary(uniqueKeysWithValues: roles.map { ($0, TokenPieces()) })
        groups = residency.groups.map { $0.compactMap(Role.init(rawValue:)) }
    }

    func version() async throws -> String {
        try await dialect.version()
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

    /// Notes the loads that `body` causes.
    @discardableResult
    private func announcing<Value: Sendable>(
        _ names: [String], _ note: EngineNoteTaker, _ body: () async throws -> Value
    ) async throws -> Value {
        let before = await residency.statistics.secondsLoading
        for name in names { try await note(.loading(engine: name)) }
        let value = try await twiceIfKilled(body)
        let after = await residency.statistics.secondsLoading
        for name in names {
            let seconds = after[name, default: 0] - before[name, default: 0]
            if seconds > 0 { try await note(.loaded(engine: name, seconds: seconds)) }
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

extension EngineConfiguration {
    init(role: Role, model: ModelSpec, engine: EngineSpec) {
        self.init(
            name: role.rawValue, model: model.model,
            arguments: engine.args(for: model).map { Argument($0.name, $0.value) }, environment: engine.env,
            task: role == .prm ? .score(ScoringSetup()) : .generate, contextLength: model.context,
            startSilence: .seconds(engine.startTimeout), stopGrace: .seconds(engine.stopGrace))
    }
}

extension EngineSpec {
    /// The groups as far as the methods need them; nil where the job names none.
    func groups(of roles: Set<Role>) -> [[String]]? {
        groups.map { $0.map { $0.filter(roles.contains).map(\.rawValue) }.filter { !$0.isEmpty } }
    }

    /// A model's own flags take the place of the same flags of the engine.
    func args(for model: ModelSpec) -> [EngineArgument] {
        let own = Set(model.args.map(\.flag))
        return args.filter { !own.contains($0.flag) } + model.args
    }
}
