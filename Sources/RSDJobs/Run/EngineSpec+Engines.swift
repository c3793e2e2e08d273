import Foundation
import Logging
import ModelLifecycle

extension EngineSpec {
    /// What decides which of the engines are up.
    ///
    /// - Throws: `ResidencyError`.
    func residency(of engines: [Engine], roles: Set<Role>, logger: Logger) throws -> any Residency {
        switch residency {
        case .share: try SwapResidency(engines: engines, groups: [engines.map(\.configuration.name)])
        case .sleep:
            try SwapResidency(
                sleepers: engines, groups: groups(of: roles), level: sleepLevel, gauge: nil, logger: logger)
        case .swap, .attach: try SwapResidency(engines: engines, groups: groups(of: roles))
        }
    }
}

extension AttachedServer {
    /// - Throws: `EngineError` where the key is not there.
    init?(role: Role, model: ModelSpec) throws {
        guard let server = model.server else { return nil }
        var key: Secret?
        if let variable = server.keyVariable {
            guard let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty else {
                throw EngineError(
                    .cannotLaunch, engine: role.rawValue,
                    "the environment variable \(variable), which the job names as `key_env`, is not set")
            }
            key = Secret(value)
        }
        self.init(
            name: role.rawValue, endpoint: HTTPEndpoint(base: server.url, key: key), model: model.model,
            served: server.served, task: role.task)
    }
}

extension Role {
    var task: EngineTask { self == .prm ? .score(ScoringSetup()) : .generate }
}

extension EngineConfiguration {
    init(role: Role, model: ModelSpec, engine: EngineSpec) {
        self.init(
            name: role.rawValue, model: model.model,
            arguments: engine.args(for: model).map { Argument($0.name, $0.value) }, environment: engine.env,
            task: role.task, contextLength: model.context,
            sleeps: engine.residency == .sleep, startSilence: .seconds(engine.startTimeout),
            stopGrace: .seconds(engine.stopGrace))
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
