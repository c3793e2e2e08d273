import Support

/// Random numbers that depend only on their key, so that a resumed run draws the same ones.
package struct Draw: Sendable, Equatable {
    private let key: UInt64
    /// The same for all methods, so that equal requests of two methods get the same response and are sent once.
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
    /// - Parameter attempt: number of earlier verdicts on this step.
    package func uniform(step: Int, attempt: Int) -> Double {
        hash(key, "verdict", step, attempt).uniform
    }

    /// A number in 0..<1 that chooses among the candidates for a step.
    ///
    /// - Parameter attempt: number of earlier choices for this step.
    package func choice(step: Int, attempt: Int) -> Double {
        hash(key, "choice", step, attempt).uniform
    }

    /// The seed of a request, never negative, as engines require.
    ///
    /// - Parameter candidate: index among candidates written in parallel.
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
