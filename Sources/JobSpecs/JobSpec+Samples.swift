import Decoding
import Methods

extension JobSpec {
    /// Samples of a problem by a method that does not set its own number: as the spec says, otherwise one per seed.
    package var standardSamples: Int { samples ?? seeds.count }

    /// Samples of a problem by a method.
    package func samples(of method: MethodSpec) -> Int { method.samples ?? standardSamples }

    /// Trajectories of a problem: its samples by all methods.
    package var trajectoriesPerProblem: Int { methods.reduce(0) { $0 + samples(of: $1) } }

    /// Solutions to a problem, including those that methods choose from. They may be too many for an `Int`.
    package var solutionsPerProblem: Double {
        methods.reduce(0) { $0 + Double(samples(of: $1)) * Double($1.kind.settings.breadth) }
    }

    /// The seed that a sample's draws begin with. With a single seed they differ by the number of the sample, which is part of what is
    /// hashed, and a sample is the same however many there are.
    package func seed(ofSample sample: Int) -> UInt64 { seeds.count > 1 ? seeds[sample] : seed }

    /// How a method's requests are sampled.
    package func sampling(of method: MethodSpec) -> Sampling {
        method.kind.settings.sampling
            ?? Sampling(
                temperature: method.temperature ?? decoding.temperature, topP: method.topP ?? decoding.topP)
    }
}
