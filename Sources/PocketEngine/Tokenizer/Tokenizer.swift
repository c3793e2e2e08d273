import Foundation

/// Qwen2's tokenizer: NFC, added tokens before everything else, Qwen2's pre-tokenizer, byte-level BPE.
package struct Tokenizer: Sendable {
    private struct Added: Sendable {
        let id: Int
        let content: [UInt8]
    }

    private let encoder: BytePairEncoder
    private let normalizes: Bool
    /// By first byte, longest first.
    private let added: [UInt8: [Added]]
    /// Bytes and written form of each id; an id without a token has neither.
    private let tokens: [Int: (bytes: [UInt8], written: String)]
    private let special: Set<Int>
    /// Maximum number of Unicode characters of a token.
    let longestToken: Int

    /// - Parameter folder: folder with `tokenizer.json`.
    /// - Throws: `CheckpointError`
    package init(folder: URL) throws {
        let path = folder.appending(path: "tokenizer.json")
        let file = try decodeJSON(TokenizerFile.self, from: path)
        try file.checkLayout()

        func bytes(_ token: String) throws -> [UInt8] {
            guard let bytes = ByteAlphabet.bytes(of: token) else {
                throw CheckpointError("\(path.path): token \(token) is not written in the byte alphabet")
            }
            return bytes
        }
        var vocabulary: [[UInt8]: Int] = [:]
        var tokens: [Int: (bytes: [UInt8], written: String)] = [:]
        let addedIDs = Set(file.added_tokens.map(\.id))
        // A token that is also an added token is matched as such and need not be in the byte alphabet.
        for (token, id) in file.model.vocab where !addedIDs.contains(id) {
            let content = try bytes(token)
            vocabulary[content] = id
            tokens[id] = (content, token)
        }
        for token in file.added_tokens { tokens[token.id] = (Array(token.content.utf8), token.content) }
        encoder = try BytePairEncoder(
            vocabulary: vocabulary,
            merges: file.model.merges.map { (try bytes($0.left), try bytes($0.right)) },
            ignoreMerges: file.model.ignore_merges ?? false)
        let contents = file.added_tokens.map { Added(id: $0.id, content: Array($0.content.utf8)) }
        added = Dictionary(grouping: contents.filter { !$0.content.isEmpty }) { $0.content[0] }
            .mapValues { $0.sorted { $0.content.count > $1.content.count } }
        special = Set(file.added_tokens.lazy.filter(\.special).map(\.id))
        normalizes = file.normalizer != nil
        longestToken =
            tokens.values.lazy.map { String(decoding: $0.bytes, as: UTF8.self).unicodeScalars.count }
            .max() ?? 1
        self.tokens = tokens
    }

    package func encode(_ text: String) -> [Int] {
        let bytes = Array(text.utf8)
        var ids: [Int] = []
        var start = 0
        var index = 0
        while index < bytes.count {
            guard let match = addedToken(in: bytes, at: index) else {
                index += 1
                continue
            }
            encode(bytes[start..<index], into: &ids)
            ids.append(match.id)
            index += match.content.count
            start = index
        }
        encode(bytes[start...], into: &ids)
        return ids
    }

    private func addedToken(in bytes: [UInt8], at index: Int) -> Added? {
        added[bytes[index]]?.first { bytes[index...].starts(with: $0.content) }
    }

    private func encode(_ bytes: ArraySlice<UInt8>, into ids: inout [Int]) {
        guard !bytes.isEmpty else { return }
        var text = String(decoding: bytes, as: UTF8.self)
        // Nothing below U+0300 combines, so such text is in NFC already.
        if normalizes, text.unicodeScalars.contains(where: { $0.value >= 0x300 }) {
            text = text.precomposedStringWithCanonicalMapping
        }
        for piece in PreTokenizer.pieces(text) { ids.append(contentsOf: encoder.encode(piece)) }
    }

    /// The bytes of an id; empty if it has no token, or if it is special and special tokens are skipped.
    func bytes(of id: Int, skipSpecial: Bool) -> [UInt8] {
        skipSpecial && special.contains(id) ? [] : tokens[id]?.bytes ?? []
    }

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    package func decode(_ ids: some Sequence<Int>, skipSpecial: Bool) -> String {
        String(decoding: ids.flatMap { bytes(of: $0, skipSpecial: skipSpecial) }, as: UTF8.self)
    }

    /// A token as written in the vocabulary, in the byte alphabet.
    package func written(_ id: Int) -> String { tokens[id]?.written ?? "" }
}
