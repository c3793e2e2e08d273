import Foundation

/// Numbers that are the same on every machine.
package struct SplitMix64: RandomNumberGenerator {
    package var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    /// In 0..<1.
    package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number from a log-normal distribution.
    ///
    /// - Parameter spread: the standard deviation of its logarithm.
    package mutating func logNormal(median: Double, spread: Double) -> Double {
        let (radius, angle) = ((-2 * log(1 - unit())).squareRoot(), 2 * Double.pi * unit())
        return median * exp(spread * radius * cos(angle))
    }

    /// A hash of a hash and a number.
    package static func mixed(_ hash: UInt64, _ number: Int) -> UInt64 {
        mixed(hash ^ (UInt64(bitPattern: Int64(number)) &+ 1) &* 0x9e37_79b9_7f4a_7c15)
    }

    private static func mixed(_ number: UInt64) -> UInt64 {
        var z = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
