import Support

/// Random numbers that depend on nothing but their key, so that a resumed run draws what the first would have drawn.
package struct Draw: Sendable, Equatable {
    private let key: UInt64
    /// The same for all methods: what two of them ask alike is answered alike, and asked once.
    private let requestKey: UInt64

    package init(runSeed: UInt64, trajectory: TrajectoryID) {
        func hash(_ parts: [String]) -> UInt64 {
            var hash = StableHash()
            hash.combine(runSeed)
            for part in parts { hash.combine(part) }
            hash.combine(UInt64(bitPattern: Int64(trajectory.sample)))
            return hash.value
        }
        key = hash([trajectory.method, trajectory.dataset, trajectory.problem])
        requestKey = hash([trajectory.dataset, trajectory.problem])
    }

    /// A number in 0..<1 for the verdict on a step.
    ///
    /// - Parameter attempt: how many verdicts were passed on this step before.
    package func uniform(step: Int, attempt: Int) -> Double {
        hash(key, "verdict", step, attempt).uniform
    }

    /// The seed of a request: not negative, as engines want it.
    ///
    /// - Parameter candidate: which of those that are written side by side.
    package func requestSeed(step: Int, role: Role, candidate: Int = 0) -> Int {
        Int(hash(requestKey, role.rawValue, step, candidate).value >> 1)
    }

    private func hash(_ key: UInt64, _ purpose: String, _ step: Int, _ attempt: Int) -> StableHash {
        var hash = StableHash()
        hash.combine(key)
        hash.combine(purpose)
        hash.combine(UInt64(step))
        hash.combine(UInt64(attempt))
        return hash
    }
}
