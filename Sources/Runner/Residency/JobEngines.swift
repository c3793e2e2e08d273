import Decoding
import JobSpecs

/// The engines of a job, and the roles that each serves.
package struct JobEngines: Sendable, Equatable {
    /// In the order of a wave.
    let all: [EngineID]
    private let byRole: [Role: EngineID]

    /// - Parameter job: its methods say which roles are needed.
    package init(_ job: JobSpec) {
        let roles = job.rolesInWave
        byRole = Dictionary(uniqueKeysWithValues: roles.map { ($0, EngineID($0.rawValue)) })
        all = roles.map { EngineID($0.rawValue) }
    }

    /// The engine that serves a role; nil where no method needs it.
    subscript(role: Role) -> EngineID? { byRole[role] }

    /// The roles that an engine serves, in the order of a wave.
    func roles(of engine: EngineID) -> [Role] { Role.wave.filter { byRole[$0] == engine } }
}
