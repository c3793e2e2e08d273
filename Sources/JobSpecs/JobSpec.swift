import Datasets
import Decoding
import Foundation

/// A job as it will be run: every default filled in, every path absolute, every value checked.
package struct JobSpec: Sendable, Equatable {
    package var name: String
    /// Everything random in the run is derived from it.
    package var seed: UInt64 { seeds[0] }
    /// One for each sample of a problem.
    package var seeds: [UInt64]
    package var models: [Role: ModelSpec]
    package var engine: EngineSpec
    package var datasets: [DatasetSpec]
    package var prompt: PromptSpec
    package var decoding: DecodingSpec
    package var methods: [MethodSpec]
    package var grading: GradingSpec
}

extension JobSpec {
    /// The roles that the methods need, in the order of a wave: draft, score, have the target rewrite.
    package var rolesInWave: [Role] {
        Role.wave.filter { role in methods.contains { $0.kind.roles.contains(role) } }
    }
}
