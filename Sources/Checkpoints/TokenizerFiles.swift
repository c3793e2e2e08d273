import Foundation

/// Facts about a checkpoint's tokenizer, read from its files without loading it.
package enum TokenizerFiles {
    /// The text of the token that starts a sequence; nil if the tokenizer has none.
    package static func beginningToken(of directory: String) -> String? { token("bos_token", of: directory) }

    /// The text of the token that ends a response; nil if the tokenizer has none.
    package static func endToken(of directory: String) -> String? { token("eos_token", of: directory) }

    private static func token(_ name: String, of directory: String) -> String? {
        ["tokenizer_config.json", "special_tokens_map.json"].lazy
            .compactMap { try? CheckpointJSON.read($0, in: directory) }
            .compactMap { token(name, settings: $0) }.first
    }

    /// A token of a `tokenizer_config.json` or `special_tokens_map.json`: a text, an object with the text, or null.
    package static func token(_ name: String, settings: CheckpointJSON) -> String? {
        settings[name]?.text ?? settings[name]?.object?["content"]?.text
    }

    /// The tokens that engines leave out of the text they return.
    package static func specialTokens(of directory: String) -> Set<String> {
        struct Token: Decodable {
            var content: String
            var special: Bool?
        }
        struct Settings: Decodable { var added_tokens_decoder: [String: Token]? }
        struct File: Decodable { var added_tokens: [Token]? }
        func read<Content: Decodable>(_ type: Content.Type, _ name: String) -> Content? {
            FileManager.default.contents(atPath: directory + "/" + name)
                .flatMap { try? JSONDecoder().decode(type, from: $0) }
        }
        let listed = read(Settings.self, "tokenizer_config.json")?.added_tokens_decoder.map { Array($0.values) }
        let tokens = listed ?? read(File.self, "tokenizer.json")?.added_tokens ?? []
        return Set(tokens.filter { $0.special == true }.map(\.content))
    }

    /// - Throws: ``ModelFilesError`` if tokenizer.json is missing, or has no such tokens.
    package static func plusAndMinus(of directory: String) throws(ModelFilesError) -> PlusAndMinus {
        guard let data = FileManager.default.contents(atPath: directory + "/tokenizer.json") else {
            throw ModelFilesError(
                "\(directory) has no tokenizer.json, which is needed for the PRM's '+' and '-' tokens", lacksFiles: true
            )
        }
        guard let found = PlusAndMinus(tokenizer: data) else {
            throw ModelFilesError(
                "the tokenizer in \(directory) has no tokens '+' and '-', which the PRMs of this profile need")
        }
        return found
    }
}

/// The tokens with which a language model rates a step as good or bad, as in its vocabulary.
package struct PlusAndMinus: Equatable {
    package var plus: String
    package var minus: String

    init(plus: String, minus: String) {
        self.plus = plus
        self.minus = minus
    }

    /// - Parameter tokenizer: the content of a `tokenizer.json`.
    init?(tokenizer: Data) {
        guard let file = try? JSONDecoder().decode(File.self, from: tokenizer) else { return nil }
        let known = file.model.vocab.known
        // A SentencePiece vocabulary has both kinds; a word by itself is read with the space mark.
        for mark in ["▁", ""] where known.isSuperset(of: [mark + "+", mark + "-"]) {
            self.init(plus: mark + "+", minus: mark + "-")
            return
        }
        return nil
    }

    private static let candidates: Set<String> = ["▁+", "▁-", "+", "-"]

    private struct File: Decodable {
        struct Model: Decodable { var vocab: Vocabulary }
        var model: Model
    }

    /// The candidates in a vocabulary: an object (BPE) or pairs with scores (Unigram).
    private struct Vocabulary: Decodable {
        var known: Set<String>

        private struct Entry: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            if let entries = try? decoder.container(keyedBy: Entry.self) {
                known = candidates.filter { entries.contains(Entry(stringValue: $0)) }
                return
            }
            var pairs = try decoder.unkeyedContainer()
            known = []
            while !pairs.isAtEnd {
                var pair = try pairs.nestedUnkeyedContainer()
                let piece = try pair.decode(String.self)
                if candidates.contains(piece) { known.insert(piece) }
            }
        }
    }
}
