import Foundation
import ModelLifecycle
import Synchronization
import TestServers
import Tokenizers

@testable import Runner

/// A byte-level tokenizer as a `tokenizer.json`, and an engine with it that notes what it is asked.
struct ByteTokenizer: Sendable {
    /// An id for each byte, four merges and one added token.
    static let file: Data = {
        let merges = [("a", "b"), ("Ġ", "a"), ("Ċ", "Ċ"), ("Ġ", ",")]
        let names = ByteTokenizer.alphabet + merges.map { $0.0 + $0.1 }
        let vocabulary = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let fields: [String: Any] = [
            "added_tokens": [["id": names.count, "content": "<|end|>", "special": true]],
            "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false, "use_regex": true],
            "decoder": ["type": "ByteLevel"],
            "model": ["type": "BPE", "vocab": vocabulary, "merges": merges.map { [$0.0, $0.1] }],
        ]
        return (try? JSONSerialization.data(withJSONObject: fields)) ?? Data()
    }()

    /// GPT-2's characters for the bytes.
    private static let alphabet: [String] = {
        var next: UInt32 = 256
        return (UInt32(0)..<256).map { byte in
            let isShown = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
            defer { if !isShown { next += 1 } }
            return Unicode.Scalar(isShown ? byte : next).map { String(Character($0)) } ?? ""
        }
    }()

    let tokenizer: Tokenizer
    let asked = Asked()
    /// Ids before and after every text.
    var around: (before: [Int], after: [Int]) = ([], [])
    /// Texts with other ids than the tokenizer's.
    var odd: @Sendable (String) -> Bool = { _ in false }
    /// The engine's way to write a text that it has decoded.
    var cleaned: @Sendable (String) -> String = { $0 }

    init() throws { tokenizer = try Tokenizer(file: Self.file) }

    final class Asked: Sendable {
        let texts = Mutex<[String]>([])
        let ids = Mutex<[[Int]]>([])
        let chats = Mutex(0)

        /// What was asked since the last call.
        func take() -> (texts: [String], ids: [[Int]]) {
            let texts = texts.withLock { texts in
                defer { texts = [] }
                return texts
            }
            return ids.withLock { ids in
                defer { ids = [] }
                return (texts, ids)
            }
        }
    }

    var engine: EngineDouble {
        var engine = EngineDouble(
            ids: { text, special in
                asked.texts.withLock { $0.append(text) }
                let ids = tokenizer.encode(text) + (odd(text) ? [0] : [])
                return special ? around.before + ids + around.after : ids
            },
            text: { ids in
                asked.ids.withLock { $0.append(ids) }
                return cleaned(tokenizer.decode(ids, skipSpecial: false))
            })
        engine.chat = { messages in
            asked.chats.withLock { $0 += 1 }
            return messages.flatMap { tokenizer.encode($0.content) }
        }
        return engine
    }

    /// What the program knows of the engine's tokenizer after it compared them.
    func local(_ client: EngineClient, unlisted: [String] = []) async throws -> LocalTokenizer? {
        defer { _ = asked.take() }
        return LocalTokenizer(
            tokenizer, unlisted: unlisted, agreeingWith: try await TokenizerSamples(tokenizer).ask(client))
    }
}
