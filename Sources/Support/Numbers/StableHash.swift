/// FNV-1a over the bytes, finished by SplitMix64's mixer. Unlike Swift's Hasher, it is the same in every process.
package struct StableHash {
    package init() {}

    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    package mutating func combine(_ number: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { byte(UInt8(truncatingIfNeeded: number >> shift)) }
    }

    /// Adds a text and its length, so that "ab","c" and "a","bc" differ.
    package mutating func combine(_ text: String) {
        combine(UInt64(text.utf8.count))
        text.utf8.forEach { byte($0) }
    }

    private mutating func byte(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
    }

    /// A number in 0..<1.
    package var uniform: Double { Double(value >> 11) * 0x1p-53 }

    package var value: UInt64 {
        var z = state &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
