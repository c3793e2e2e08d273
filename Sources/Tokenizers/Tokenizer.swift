import Foundation
import Synchronization

/// A byte-level BPE tokenizer, as in GPT-2, Qwen2, Llama 3 and DeepSeek: added tokens before everything else, NFC, a pre-tokenizer,
/// byte-pair encoding. It gives the ids of Hugging Face's `tokenizers` for the same `tokenizer.json`, or refuses the file.
///
/// swift-transformers has a tokenizer for the same files. It cuts text with Foundation's regular expressions, which are not those of
/// `tokenizers`, and guesses where a part of a file is unknown to it; here one wrong id would change a result.
package struct Tokenizer: Sendable {
    private let encoder: BytePairEncoder
    private let preTokenizer: PreTokenizer
    private let normalizes: Bool
    /// Found in the text as it is, and in normalized text.
    private let rawAdded: AddedTokens
    private let normalizedAdded: AddedTokens
    /// Added tokens that take their surroundings into account, which this tokenizer does not.
    package let unsupported: [String]
    /// Bytes of each id; an id without a token has none.
    private let tokens: [Int: [UInt8]]
    /// Added tokens as they are written.
    private let added: [Int: String]
    private let special: Set<Int>
    /// Maximum number of Unicode characters of a token.
    package let longestToken: Int

    /// - Parameter folder: folder with `tokenizer.json`.
    /// - Throws: ``TokenizerError``
    package init(folder: URL) throws(TokenizerError) {
        let path = folder.appending(path: "tokenizer.json").path
        guard let file = FileManager.default.contents(atPath: path) else {
            throw TokenizerError("\(path): cannot be read")
        }
        do throws(TokenizerError) {
            try self.init(file: file)
        } catch {
            throw TokenizerError("\(path): \(error)")
        }
    }

    /// - Parameter data: the content of a `tokenizer.json`.
    /// - Throws: ``TokenizerError``
    package init(file data: Data) throws(TokenizerError) {
        let file = try TokenizerFile(data)
        try file.checkParts()
        preTokenizer = try file.preTokenizer()
        normalizes = file.normalizes

        func bytes(_ token: String) throws(TokenizerError) -> [UInt8] {
            guard let bytes = ByteAlphabet.bytes(of: token) else {
                throw TokenizerError("the token \(token) is not written in the byte alphabet")
            }
            return bytes
        }
        // `tokenizers` numbers added tokens itself, after the vocabulary.
        var next = file.model.vocab.count
        for token in file.added_tokens {
            guard token.id == file.model.vocab[token.content] ?? next else {
                throw TokenizerError("the added token \(token.content) has the id \(token.id), which is not its number")
            }
            // Versions of the library disagree about its text.
            let normal = token.content.precomposedStringWithCanonicalMapping
            guard !normalizes || normal.utf8.elementsEqual(token.content.utf8) else {
                throw TokenizerError("the added token \(token.content), which is not normalized, is not supported")
            }
            next = max(next, token.id + 1)
        }
        added = Dictionary(file.added_tokens.map { ($0.id, $0.content) }) { $1 }
        var vocabulary: [[UInt8]: Int] = [:]
        var tokens: [Int: [UInt8]] = [:]
        for (token, id) in file.model.vocab {
            // A token that is also an added token is matched as such and need not be in the byte alphabet.
            if added[id] != nil, ByteAlphabet.bytes(of: token) == nil { continue }
            let content = try bytes(token)
            vocabulary[content] = id
            tokens[id] = content
        }
        // What is written in the byte alphabet is decoded from it, added or not.
        for (id, content) in added { tokens[id] = ByteAlphabet.bytes(of: content) ?? Array(content.utf8) }
        var merges: [(left: [UInt8], right: [UInt8])] = []
        merges.reserveCapacity(file.model.merges.pairs.count)
        for pair in file.model.merges.pairs { merges.append((try bytes(pair[0]), try bytes(pair[1]))) }
        encoder = try BytePairEncoder(
            vocabulary: vocabulary, merges: merges, ignoreMerges: file.model.ignore_merges ?? false)
        let isRaw = { (token: TokenizerFile.AddedToken) in !(token.normalized ?? !token.special) }
        rawAdded = AddedTokens(file.added_tokens.filter(isRaw).map { ($0.id, $0.content) })
        normalizedAdded = AddedTokens(file.added_tokens.filter { !isRaw($0) }.map { ($0.id, $0.content) })
        unsupported = file.added_tokens.filter {
            $0.single_word == true || $0.lstrip == true || $0.rstrip == true
        }.map(\.content)
        special = Set(file.added_tokens.lazy.filter(\.special).map(\.id))
        longestToken =
            tokens.values.lazy.map { String(decoding: $0, as: UTF8.self).unicodeScalars.count }.max() ?? 1
        self.tokens = tokens
    }

    /// The ids of a text, without special tokens around it.
    package func encode(_ text: String) -> [Int] {
        var ids: [Int] = []
        rawAdded.cut(text) { part in
            switch part {
            case .token(let id): ids.append(id)
            case .text(let raw):
                normalizedAdded.cut(normalized(raw)) { part in
                    switch part {
                    case .token(let id): ids.append(id)
                    case .text(let text):
                        for piece in preTokenizer.pieces(text) { ids.append(contentsOf: encoder.encode(piece)) }
                    }
                }
            }
        }
        return ids
    }

    /// Whether every implementation gives a text the ids of ``encode(_:)``: not if it has characters that versions of Unicode know
    /// differently, bytes without a token, or one of the ``unsupported`` tokens.
    package func isCertain(of text: String) -> Bool {
        // Version 11 is from 2018, older than any that a tokenizer in use was built with.
        let isSettled = text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII || scalar.properties.age.map { $0.major <= 11 } ?? false
        }
        return isSettled && normalized(text).utf8.allSatisfy(encoder.hasToken)
            && !unsupported.contains { text.utf8.contains($0.utf8) }
    }

    private func normalized(_ text: String) -> String {
        // Nothing below U+0300 combines, so such text is in NFC already.
        guard normalizes, text.unicodeScalars.contains(where: { $0.value >= 0x300 }) else { return text }
        return text.precomposedStringWithCanonicalMapping
    }

    /// The bytes of an id; empty if it has no token, or if it is special and special tokens are skipped.
    package func bytes(of id: Int, skipSpecial: Bool) -> [UInt8] {
        skipSpecial && special.contains(id) ? [] : tokens[id] ?? []
    }

    /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
    package func decode(_ ids: some Sequence<Int>, skipSpecial: Bool) -> String {
        String(decoding: ids.flatMap { bytes(of: $0, skipSpecial: skipSpecial) }, as: UTF8.self)
    }

    /// A token as written in the vocabulary, in the byte alphabet.
    package func written(_ id: Int) -> String { added[id] ?? tokens[id].map(ByteAlphabet.text) ?? "" }

    /// An added token that is found in any text, if there is one.
    package var anAddedToken: String? {
        added.values.filter { !$0.isEmpty && !unsupported.contains($0) }.min {
            $0.utf8.lexicographicallyPrecedes($1.utf8)
        }
    }

    /// A token that is no character by itself, if there is one.
    package var halfACharacter: Int? {
        tokens.filter { $0.value.count == 1 && $0.value[0] >= 0x80 }.keys.min()
    }
}

extension TokenizerFile {
    fileprivate init(_ data: Data) throws(TokenizerError) {
        // `transformers` takes no byte order mark either, but engines of other kinds do.
        let data = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
        do {
            if let type = try JSONDecoder().decode(Kind.self, from: data).model.type, type != "BPE" {
                throw TokenizerError("a model of the type \(type) is not supported")
            }
            self = try JSONDecoder().decode(TokenizerFile.self, from: data)
        } catch let error as TokenizerError {
            throw error
        } catch DecodingError.keyNotFound(let key, let context) {
            let path = (context.codingPath + [key]).map(\.stringValue).joined(separator: ".")
            throw TokenizerError("\(path) is missing")
        } catch {
            throw TokenizerError("this is no tokenizer that can be read")
        }
    }
}
