import Foundation
import Testing

/// What Hugging Face's `tokenizers` makes of random texts, as `tokenizers.py` wrote it down.
struct GoldenTokens {
    struct Kind: Sendable, CustomTestStringConvertible {
        var name: String
        /// A `tokenizer.json`.
        var file: Data
        /// A digest for each text's ids, each token's text, and the texts of some random ids.
        var ids: [String]
        var pieces: [String]
        var decoded: [String]

        var testDescription: String { name }
    }

    static let shared = Result { try GoldenTokens() }

    let kinds: [Kind]
    let texts: [String]
    let several: [[Int]]

    private init() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
        let fragments = try JSONDecoder().decode(
            [String].self, from: Data(contentsOf: folder.appending(path: "fragments.json")))
        let golden = try Self.object(
            JSONSerialization.jsonObject(with: Data(contentsOf: folder.appending(path: "golden.json"))))
        let model = try Self.object(golden["model"])
        kinds = try #require(golden["kinds"] as? [Any]).map { kind in
            let kind = try Self.object(kind)
            let file: [String: Any] = [
                "added_tokens": golden["added"] as Any, "normalizer": kind["normalizer"] as Any,
                "pre_tokenizer": kind["pre_tokenizer"] as Any, "decoder": ["type": "ByteLevel"],
                "model": try model.merging(Self.object(kind["more"])) { $1 },
            ]
            func digests(_ key: String) throws -> [String] {
                let all = Array(try #require(kind[key] as? String))
                return stride(from: 0, to: all.count, by: 4).map { String(all[$0..<$0 + 4]) }
            }
            return Kind(
                name: try #require(kind["name"] as? String), file: try JSONSerialization.data(withJSONObject: file),
                ids: try digests("ids"), pieces: try digests("pieces"), decoded: try digests("decoded"))
        }
        var random = SplitMix(state: UInt64(try #require(golden["seed"] as? Int)))
        texts = (0..<(try #require(golden["texts"] as? Int))).map { _ in random.text(of: fragments) }
        let count = try #require(kinds.first).pieces.count
        several = (0..<500).map { _ in (0..<random.below(6)).map { _ in random.below(count) } }
    }

    private static func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

    /// FNV-1a with 32 bits, folded to 16, in hexadecimal.
    static func digest(_ bytes: some Sequence<UInt8>) -> String {
        let value = bytes.reduce(UInt32(0x811C_9DC5)) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
        let digits = String((value >> 16) ^ (value & 0xFFFF), radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }

    static func digest(_ ids: [Int]) -> String {
        digest(ids.flatMap { id in (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) } })
    }
}

/// The same generator as in `tokenizers.py`.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }

    mutating func text(of fragments: [String]) -> String {
        var text = ""
        for _ in 0..<below(24) {
            if below(6) == 0 {
                let value = below([0x80, 0x250, 0x3000, 0x10000, 0x30000][below(5)])
                text.unicodeScalars.append(Unicode.Scalar(UInt32(value)) ?? "\u{FFFD}")
            } else {
                text.unicodeScalars.append(contentsOf: fragments[below(fragments.count)].unicodeScalars)
            }
        }
        return text
    }
}
