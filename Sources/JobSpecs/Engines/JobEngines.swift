import Decoding

/// The engines of a job, and the roles that each serves.
///
/// A role is a model's part in a method; an engine serves one checkpoint for one kind of task. Roles with the same needs share
/// an engine, which is named after the first of them.
package struct JobEngines: Sendable, Equatable {
    /// In the order of a wave.
    package let all: [EngineID]
    private let byRole: [Role: EngineID]

    /// - Parameter job: its methods determine the roles.
    package init(_ job: JobSpec) {
        let roles = job.rolesInWave
        var byRole: [Role: EngineID] = [:]
        var named: [(engine: EngineID, model: ModelSpec?)] = []
        for role in Role.naming where roles.contains(role) {
            let model = role == .speculative ? nil : job.models[role]
            let shared = named.first { other in model.flatMap { other.model?.isServed(with: $0) } ?? false }
            let engine = shared?.engine ?? EngineID(role.rawValue)
            byRole[role] = engine
            if shared == nil { named.append((engine, model)) }
        }
        self.byRole = byRole
        all = roles.compactMap { byRole[$0] }.unique
    }

    /// The engine that serves a role; nil if no method needs the role.
    package subscript(role: Role) -> EngineID? { byRole[role] }

    /// The roles that an engine serves, in the order of a wave.
    package func roles(of engine: EngineID) -> [Role] { Role.wave.filter { byRole[$0] == engine } }

    /// The role whose model the engine is started with; its other roles have the same model.
    package func namesake(of engine: EngineID) -> Role? { Role.naming.first { byRole[$0] == engine } }

    /// The engines of groups of roles. An engine with roles in several groups is in the first of them.
    package func groups(of roles: [[Role]]) -> [[EngineID]] {
        var seen: Set<EngineID> = []
        return roles.map { group in
            group.compactMap { byRole[$0] }.filter { seen.insert($0).inserted }
        }.filter { !$0.isEmpty }
    }
}

extension Role {
    /// In the order of precedence for an engine's name.
    fileprivate static let naming: [Role] = [.draft, .target, .prm, .speculative]
}

extension ModelSpec {
    /// Whether one engine can serve both models.
    fileprivate func isServed(with other: ModelSpec) -> Bool {
        writes && other.writes && model == other.model && hub?.commitOrRevision == other.hub?.commitOrRevision
            && context == other.context && args == other.args && server == other.server
    }

    /// Whether its engine generates text, rather than scores tokens.
    private var writes: Bool { profile?.writes ?? true }
}

extension [EngineID] {
    fileprivate var unique: [EngineID] {
        var seen: Set<EngineID> = []
        return filter { seen.insert($0).inserted }
    }
}
