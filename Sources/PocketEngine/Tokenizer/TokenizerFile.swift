/// The parts of a Hugging Face `tokenizer.json` that determine whether and how this engine can use it.
struct TokenizerFile: Decodable {
    struct AddedToken: Decodable {
        let id: Int
        let content: String
        let single_word: Bool?
        let lstrip: Bool?
        let rstrip: Bool?
        let special: Bool
    }

    struct Model: Decodable {
        let type: String
        let vocab: [String: Int]
        let merges: [Merge]
        let ignore_merges: Bool?
        let byte_fallback: Bool?
    }

    /// Written as `"a b"` by older and `["a", "b"]` by newer versions of the library.
    struct Merge: Decodable {
        let left: String
        let right: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let parts: [String]
            if let text = try? container.decode(String.self) {
                parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            } else {
                parts = try container.decode([String].self)
            }
            guard parts.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    in: container, debugDescription: "a merge is not a pair")
            }
            (left, right) = (parts[0], parts[1])
        }
    }

    /// A normalizer or pre-tokenizer.
    struct Stage: Decodable {
        struct Pattern: Decodable {
            let Regex: String?
        }

        let type: String
        let pattern: Pattern?
        let behavior: String?
        let invert: Bool?
        let add_prefix_space: Bool?
        let use_regex: Bool?
        let pretokenizers: [Stage]?
    }

    let added_tokens: [AddedToken]
    let normalizer: Stage?
    let pre_tokenizer: Stage?
    let model: Model

    /// - Throws: `CheckpointError` if the file describes another kind of tokenizer than Qwen2's.
    func checkLayout() throws {
        func refuse(_ what: String) -> CheckpointError {
            CheckpointError("tokenizer.json: \(what); only Qwen2's byte-level BPE is supported")
        }
        guard model.type == "BPE", model.byte_fallback != true else { throw refuse("model \(model.type)") }
        guard normalizer.map({ $0.type == "NFC" }) ?? true else {
            throw refuse("another normalizer than NFC")
        }
        let stages = pre_tokenizer?.pretokenizers ?? []
        guard pre_tokenizer?.type == "Sequence", stages.map(\.type) == ["Split", "ByteLevel"],
            stages[0].pattern?.Regex == PreTokenizer.pattern, stages[0].behavior == "Isolated",
            stages[0].invert != true, stages[1].use_regex == false, stages[1].add_prefix_space != true
        else { throw refuse("another pre-tokenizer than Qwen2's") }
        for token in added_tokens
        where token.single_word == true || token.lstrip == true || token.rstrip == true {
            throw refuse("added token \(token.content) takes its surroundings into account")
        }
    }
}
