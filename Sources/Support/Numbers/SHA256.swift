import Foundation

/// SHA-256 (FIPS 180-4), used to compare data, models and specs.
package struct SHA256 {
    package init() {}

    private var state: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
        0x5be0_cd19,
    ]
    private var pending: [UInt8] = []
    private var length: UInt64 = 0

    /// The digest of a text's UTF-8, in hexadecimal.
    package static func hex(_ text: String) -> String {
        hex(bytes: text.utf8)
    }

    package static func hex(bytes: some Sequence<UInt8>) -> String {
        var hash = SHA256()
        hash.update(bytes)
        return hash.hex()
    }

    /// The digest of a file's content, read in parts.
    package static func hex(of data: Data) -> String {
        var hash = SHA256()
        var rest = data[...]
        while !rest.isEmpty {
            hash.update(rest.prefix(1 << 20))
            rest = rest.dropFirst(1 << 20)
        }
        return hash.hex()
    }

    package mutating func update(_ bytes: some Sequence<UInt8>) {
        let before = pending.count
        pending.append(contentsOf: bytes)
        length += UInt64(pending.count - before)
        compressWholeBlocks()
    }

    /// Adds a text and its length, so that `"ab", "c"` and `"a", "bc"` differ.
    package mutating func update(field text: String) {
        update("\(text.utf8.count):".utf8)
        update(text.utf8)
    }

    /// Ends the message and returns its digest in hexadecimal.
    ///
    /// - Parameter digits: the first of them, at most all 64.
    package consuming func hex(digits: Int = 64) -> String {
        end()
        return String(unsafeUninitializedCapacity: digits) { text in
            for place in 0..<digits {
                let digit = UInt8(truncatingIfNeeded: state[place / 8] >> UInt32(28 - place % 8 * 4)) & 0xf
                text[place] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
            }
            return digits
        }
    }

    /// Ends the message and returns the first half of its digest: a key that takes little memory.
    package consuming func value() -> UInt128 {
        end()
        return state.prefix(4).reduce(0) { $0 << 32 | UInt128($1) }
    }

    private mutating func end() {
        let bits = length * 8
        pending.append(0x80)
        pending.append(contentsOf: repeatElement(0, count: (120 - pending.count % 64) % 64))
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            pending.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        compressWholeBlocks()
    }

    private mutating func compressWholeBlocks() {
        let whole = pending.count / 64 * 64
        guard whole > 0 else { return }
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
            guard let schedule = schedule.baseAddress else { return }
            pending.withUnsafeBufferPointer { bytes in
                state.withUnsafeMutableBufferPointer { state in
                    guard let bytes = bytes.baseAddress, let state = state.baseAddress else { return }
                    var start = 0
                    while start < whole {
                        Self.compress(bytes + start, into: state, schedule: schedule)
                        start += 64
                    }
                }
            }
        }
        pending.removeFirst(whole)
    }

    /// Compresses a block of 64 bytes into the state of 8 words, with room for 64 words.
    ///
    /// Bare pointers, `while` and `&>>` compile to machine instructions without the optimiser too: a debug build, which the tests
    /// run, spends a tenth of the time that arrays, ranges and `>>` take.
    private static func compress(
        _ bytes: UnsafePointer<UInt8>, into state: UnsafeMutablePointer<UInt32>,
        schedule w: UnsafeMutablePointer<UInt32>
    ) {
        var i = 0
        while i < 16 {
            let word = bytes + 4 * i
            w[i] = UInt32(word[0]) &<< 24 | UInt32(word[1]) &<< 16 | UInt32(word[2]) &<< 8 | UInt32(word[3])
            i += 1
        }
        while i < 64 {
            let (early, late) = (w[i - 15], w[i - 2])
            let s0 = (early &>> 7 | early &<< 25) ^ (early &>> 18 | early &<< 14) ^ early &>> 3
            let s1 = (late &>> 17 | late &<< 15) ^ (late &>> 19 | late &<< 13) ^ late &>> 10
            w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
            i += 1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        constants.withUnsafeBufferPointer { constants in
            guard let k = constants.baseAddress else { return }
            i = 0
            while i < 64 {
                let s1 = (e &>> 6 | e &<< 26) ^ (e &>> 11 | e &<< 21) ^ (e &>> 25 | e &<< 7)
                let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[i] &+ w[i]
                let s0 = (a &>> 2 | a &<< 30) ^ (a &>> 13 | a &<< 19) ^ (a &>> 22 | a &<< 10)
                let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
                (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
                i += 1
            }
        }
        state[0] &+= a
        state[1] &+= b
        state[2] &+= c
        state[3] &+= d
        state[4] &+= e
        state[5] &+= f
        state[6] &+= g
        state[7] &+= h
    }

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
        0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7,
        0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc,
        0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351,
        0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e,
        0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585,
        0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f,
        0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
        0xc671_78f2,
    ]
}
