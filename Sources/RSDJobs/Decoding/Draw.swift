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

/// FNV-1a over the bytes, finished by SplitMix64's mixer. Swift's own Hasher differs from process to process.
struct StableHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func combine(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { byte(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// The text and its length, so that "ab","c" and "a","bc" differ.
    mutating func combine(_ text: String) {
        combine(UInt64(text.utf8.count))
        text.utf8.forEach { byte($0) }
    }

    private mutating func byte(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// A number in 0..<1.
    var uniform: Double { Double(value >> 11) * 0x1p-53 }

    var value: UInt64 {
        var z = state &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
