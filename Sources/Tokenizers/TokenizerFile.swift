/// The parts of a Hugging Face `tokenizer.json` that decide how text becomes tokens.
struct TokenizerFile: Decodable {
    struct AddedToken: Decodable {
        let id: Int
        let content: String
        let single_word: Bool?
        let lstrip: Bool?
        let rstrip: Bool?
        let normalized: Bool?
        let special: Bool
    }

    struct Model: Decodable {
        let type: String?
        let vocab: [String: Int]
        let merges: Merges
        let dropout: Double?
        let continuing_subword_prefix: String?
        let end_of_word_suffix: String?
        let ignore_merges: Bool?
        let byte_fallback: Bool?
    }

    /// Written as `"a b"` by older and `["a", "b"]` by newer versions of the library.
    struct Merges: Decodable {
        let pairs: [[String]]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let texts = try? container.decode([String].self) {
                pairs = texts.map { $0.split(separator: " ", omittingEmptySubsequences: false).map(String.init) }
            } else {
                pairs = try container.decode([[String]].self)
            }
            guard pairs.allSatisfy({ $0.count == 2 }) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a merge is not a pair")
            }
        }
    }

    /// A normalizer, pre-tokenizer, post-processor or decoder.
    struct Part: Decodable {
        struct Expression: Decodable {
            let Regex: String?
        }

        let type: String
        let pattern: Expression?
        let behavior: String?
        let invert: Bool?
        let individual_digits: Bool?
        let add_prefix_space: Bool?
        let use_regex: Bool?
        let normalizers: [Part]?
        let pretokenizers: [Part]?
        let processors: [Part]?
    }

    let added_tokens: [AddedToken]
    let normalizer: Part?
    let pre_tokenizer: Part?
    let post_processor: Part?
    let decoder: Part?
    let model: Model

    /// The type of the model alone: another one has other fields.
    struct Kind: Decodable {
        struct Model: Decodable { let type: String? }
        let model: Model
    }
}

extension TokenizerFile {
    /// - Throws: ``TokenizerError`` if a part is of a kind that is not known here in every detail.
    func checkParts() throws(TokenizerError) {
        func check(_ part: Part?, _ name: String, _ parts: (Part) -> [Part]?, _ known: Set<String>)
            throws(TokenizerError)
        {
            guard let part else { return }
            if part.type == "Sequence" {
                for part in parts(part) ?? [] { try check(part, name, parts, known) }
            } else if !known.contains(part.type) {
                throw TokenizerError("the \(name) \(part.type) is not supported")
            }
        }
        try check(normalizer, "normalizer", \.normalizers, ["NFC"])
        // They put special tokens around a text, and change none of its own.
        try check(post_processor, "post-processor", \.processors, ["ByteLevel", "TemplateProcessing"])
        guard decoder?.type == "ByteLevel" else {
            throw TokenizerError("the decoder \(decoder?.type ?? "null") is not supported")
        }
        guard model.type == "BPE" || model.type == nil, model.byte_fallback != true else {
            throw TokenizerError("a model with byte fallback is not supported")
        }
        guard model.dropout ?? 0 == 0, model.continuing_subword_prefix ?? "" == "", model.end_of_word_suffix ?? "" == ""
        else { throw TokenizerError("a model with dropout or marks of words is not supported") }
    }

    /// Whether text is normalized (NFC).
    var normalizes: Bool {
        func normalizes(_ part: Part) -> Bool {
            part.type == "NFC" || part.normalizers?.contains(where: normalizes) == true
        }
        return normalizer.map(normalizes) ?? false
    }

    /// - Throws: ``TokenizerError`` as ``checkParts()``.
    func preTokenizer() throws(TokenizerError) -> PreTokenizer {
        func flat(_ part: Part) -> [Part] {
            part.type == "Sequence" ? (part.pretokenizers ?? []).flatMap(flat) : [part]
        }
        let parts = pre_tokenizer.map(flat) ?? []
        // It turns bytes into the characters of the vocabulary, so nothing can cut them after it.
        guard let last = parts.last, last.type == "ByteLevel", parts.count(where: { $0.type == "ByteLevel" }) == 1
        else {
            throw TokenizerError("a pre-tokenizer that does not end with ByteLevel is not supported")
        }
        guard last.add_prefix_space == false else {
            throw TokenizerError("a pre-tokenizer that adds a space before the text is not supported")
        }
        var stages: [PreTokenizer.Stage] = []
        for part in parts.dropLast() { stages.append(try part.stage()) }
        if last.use_regex ?? true { stages.append(.init(pattern: try Pattern(PreTokenizer.byteLevel))) }
        return PreTokenizer(stages: stages)
    }
}

extension TokenizerFile.Part {
    fileprivate func stage() throws(TokenizerError) -> PreTokenizer.Stage {
        switch type {
        case "Digits": return .init(pattern: try Pattern(individual_digits == true ? #"\p{N}"# : #"\p{N}+"#))
        case "Split":
            guard let regex = pattern?.Regex, let behavior, ["Isolated", "Removed"].contains(behavior) else {
                throw TokenizerError("the pre-tokenizer Split with \(behavior ?? "no behavior") is not supported")
            }
            return .init(
                pattern: try Pattern(regex), isInverted: invert ?? false, dropsMatches: behavior == "Removed")
        default: throw TokenizerError("the pre-tokenizer \(type) is not supported")
        }
    }
}
