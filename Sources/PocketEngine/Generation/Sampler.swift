import CKernels

/// Chooses the next token, deterministically for given parameters and logits.
struct Sampler {
    private let temperature: Double
    private let topP: Double
    private let topK: Int
    private var random: SplitMix64

    /// vLLM treats temperatures below this as 0.
    static let smallestTemperature = 1e-5

    /// - Parameter choice: index among the request's `n` texts; each has its own random numbers.
    init(_ parameters: SamplingParameters, choice: Int) {
        temperature = parameters.temperature
        topP = parameters.topP
        topK = parameters.topK
        random = SplitMix64(seed: parameters.seed, stream: UInt64(choice))
    }

    mutating func next(_ logits: UnsafeBufferPointer<Float>) -> Int {
        guard temperature >= Self.smallestTemperature else { return Self.mostLikely(logits) }
        var candidates = Array(logits.indices)
        if topK > 0 || topP < 1 {
            candidates.sort { (logits[$1], $0) < (logits[$0], $1) }
            if topK > 0, topK < candidates.count {
                let limit = logits[candidates[topK - 1]]
                candidates = Array(candidates.prefix { logits[$0] >= limit })
            }
        }
        let top = candidates.lazy.map { logits[$0] }.max() ?? 0
        let scale = Float(1 / temperature)
        var weights = candidates.map { Double(rsd_exponential_of((logits[$0] - top) * scale)) }
        if topP < 1 {
            // The fewest tokens with a total probability of at least topP.
            let enough = topP * weights.reduce(0, +)
            var sum = 0.0
            let kept = weights.firstIndex { weight in
                sum += weight
                return sum >= enough
            }
            weights = Array(weights.prefix((kept ?? weights.count - 1) + 1))
        }
        var rest = random.nextUnit() * weights.reduce(0, +)
        for (candidate, weight) in zip(candidates, weights) {
            rest -= weight
            if rest < 0 { return candidate }
        }
        return candidates[weights.count - 1]
    }

    /// The first of equal maxima.
    private static func mostLikely(_ logits: UnsafeBufferPointer<Float>) -> Int {
        var best = 0
        for index in logits.indices where logits[index] > logits[best] { best = index }
        return best
    }
}

/// A small random number generator whose n-th number depends only on seed, stream and n.
struct SplitMix64 {
    private var state: UInt64

    init(seed: UInt64, stream: UInt64) {
        state = seed
        state = next() ^ (stream &* 0xD1B5_4A32_D192_ED03)
        state = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Uniform in [0, 1).
    mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
