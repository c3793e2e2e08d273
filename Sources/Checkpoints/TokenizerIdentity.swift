import Foundation
import Support

/// What a checkpoint's files say about its tokenizer: enough to tell which models read text in the same way.
package struct TokenizerIdentity: Sendable, Equatable {
    /// Equal for models whose files make the same tokens of a text.
    package let text: String
    /// Equal for models whose files also render conversations in the same way.
    package let conversation: String
    /// Special tokens that `transformers` looks for in a text although `tokenizer.json` does not list them as such.
    package let unlisted: [String]

    /// - Parameter directory: of the checkpoint.
    /// - Returns: nil if there is no tokenizer.
    package init?(of directory: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else { return nil }
        var (text, conversation) = (SHA256(), SHA256())
        var isThere = false
        for name in names.sorted() where Self.isRead(name) {
            guard var content = FileManager.default.contents(atPath: directory + "/" + name) else { continue }
            conversation.update(field: name)
            conversation.update(field: SHA256.hex(of: content))
            if name.hasPrefix("chat_template") { continue }
            if name == "tokenizer_config.json" { content = Self.withoutTemplate(content) }
            text.update(field: name)
            text.update(field: SHA256.hex(of: content))
            isThere = true
        }
        guard isThere else { return nil }
        // `transformers` chooses the tokenizer's class by it.
        let kind = (try? CheckpointJSON.read("config.json", in: directory))??["model_type"]?.text ?? ""
        text.update(field: kind)
        conversation.update(field: kind)
        (self.text, self.conversation) = (text.hex(), conversation.hex())
        unlisted = TokenizerFiles.unlistedTokens(of: directory)
    }

    /// Tokenizers come as one file, as parts of one, or as a program.
    private static func isRead(_ name: String) -> Bool {
        [
            "token", "vocab", "merges", "added_tokens", "special_tokens", "chat_template", "spiece", "sentencepiece",
            "tekken",
        ]
        .contains(where: name.hasPrefix) || name.hasSuffix(".tiktoken")
    }

    private static func withoutTemplate(_ settings: Data) -> Data {
        guard var fields = (try? JSONSerialization.jsonObject(with: settings)) as? [String: Any] else {
            return settings
        }
        for key in ["chat_template", "name_or_path"] { fields[key] = nil }
        return (try? JSONSerialization.data(withJSONObject: fields, options: .sortedKeys)) ?? settings
    }
}

extension TokenizerFiles {
    /// Special tokens that the other files of a tokenizer name, and that its `tokenizer.json` does not list, or lists with other
    /// settings: `transformers` adds them when it loads the tokenizer.
    static func unlistedTokens(of directory: String) -> [String] {
        func read(_ name: String) -> [String: Any] {
            FileManager.default.contents(atPath: directory + "/" + name)
                .flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any] ?? [:]
        }
        let listed = (read("tokenizer.json")["added_tokens"] as? [Any] ?? []).compactMap(AddedToken.init)
        let settings = read("tokenizer_config.json")
        var found = (settings["added_tokens_decoder"] as? [String: Any] ?? [:]).values.compactMap(AddedToken.init)
            .filter { !listed.contains($0) }
        // Without settings of their own they are as listed.
        let named =
            [settings, read("special_tokens_map.json")].flatMap { file in
                file.filter { $0.key.hasSuffix("_token") || $0.key.hasSuffix("special_tokens") }.values
            } + read("added_tokens.json").keys.map { $0 as Any }
        let tokens = named.flatMap {
            ($0 as? [Any]) ?? ($0 as? [String: Any]).map { $0["content"] == nil ? Array($0.values) : [$0] } ?? [$0]
        }
        let contents = Set(listed.map(\.content))
        found += tokens.compactMap(AddedToken.init).filter { !contents.contains($0.content) || $0.seesSurroundings }
        return Set(found.map(\.content)).filter { !$0.isEmpty }.sorted()
    }
}

/// A special token, as `tokenizer.json` and `tokenizer_config.json` write them; or only its text.
private struct AddedToken: Equatable {
    let content: String
    private let flags: [Bool?]

    init?(_ value: Any) {
        if let text = value as? String {
            (content, flags) = (text, [])
            return
        }
        guard let fields = value as? [String: Any], let content = fields["content"] as? String else { return nil }
        self.content = content
        flags = ["lstrip", "rstrip", "single_word", "normalized", "special"].map { fields[$0] as? Bool }
    }

    /// Whether it takes in the blanks around it, or has to be a word.
    var seesSurroundings: Bool { flags.prefix(3).contains(true) }
}
