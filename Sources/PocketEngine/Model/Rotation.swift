import Foundation

/// Rotary position embedding as in Qwen2: dimension i is rotated together with dimension i + headDim / 2.
struct Rotation: Sendable {
    private let half: Int
    private let cosines: [Float]
    private let sines: [Float]

    init(headDim: Int, theta: Double, positions: Int) {
        half = headDim / 2
        // Rounded to Float at the same places as in transformers.
        let frequencies = (0..<half).map { index in
            1 / Float(pow(theta, Double(Float(2 * index) / Float(headDim))))
        }
        var cosines: [Float] = []
        var sines: [Float] = []
        cosines.reserveCapacity(positions * half)
        sines.reserveCapacity(positions * half)
        for position in 0..<positions {
            for frequency in frequencies {
                let angle = Double(Float(position) * frequency)
                cosines.append(Float(cos(angle)))
                sines.append(Float(sin(angle)))
            }
        }
        self.cosines = cosines
        self.sines = sines
    }

    /// Rotates `heads` neighbouring heads of one token in place.
    func turn(_ vectors: UnsafeMutablePointer<Float>, heads: Int, position: Int) {
        cosines.withUnsafeBufferPointer { cosines in
            sines.withUnsafeBufferPointer { sines in
                for head in 0..<heads {
                    let low = vectors + head * 2 * half
                    let high = low + half
                    for index in 0..<half {
                        let c = cosines[position * half + index]
                        let s = sines[position * half + index]
                        let (a, b) = (low[index], high[index])
                        low[index] = a * c - b * s
                        high[index] = b * c + a * s
                    }
                }
            }
        }
    }
}
