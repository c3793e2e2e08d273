import Datasets
import Decoding
import Foundation

/// A job ready to run: defaults filled in, paths absolute, values checked.
package struct JobSpec: Sendable, Equatable {
    package var name: String
    /// The source of all randomness in the run.
    package var seed: UInt64 { seeds[0] }
    /// One for all samples of a problem, or one per sample.
    package var seeds: [UInt64]
    /// Samples of a problem; nil for one per seed.
    package var samples: Int? = nil
    package var models: [Role: ModelSpec]
    package var engine: EngineSpec
    package var datasets: [DatasetSpec]
    package var prompt: PromptSpec
    /// nil if neither the spec nor the models' chat templates tell.
    package var thinking: ThinkingSpec?
    package var decoding: DecodingSpec
    package var methods: [MethodSpec]
    package var grading: GradingSpec
}

extension JobSpec {
    /// The roles that the methods need, in the order of a wave: draft, PRM, target.
    package var rolesInWave: [Role] {
        Role.wave.filter { role in methods.contains { $0.kind.roles.contains(role) } }
    }

    /// The commits of its models of the hub, by role.
    package var pins: [String: ModelPin] {
        Dictionary(
            uniqueKeysWithValues: Role.named.compactMap { role in
                models[role]?.hub?.pin.map { (role.rawValue, $0) }
            })
    }
}
