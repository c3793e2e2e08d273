import Tokenizers

/// The `logprobs` of a choice.
struct LogprobsResponse: Encodable {
    private enum CodingKeys: String, CodingKey {
        case offsets = "text_offset"
        case logprobs = "token_logprobs"
        case tokens
        case likeliest = "top_logprobs"
    }

    private var offsets: [Int] = []
    private var logprobs: [Float] = []
    private var tokens: [String] = []
    private var likeliest: [[String: Float]] = []

    /// - Parameter namesByID: whether tokens are named `token_id:7` instead of by their text.
    init(_ probabilities: [TokenProbability], namesByID: Bool, tokenizer: Tokenizer) {
        func name(_ token: Int) -> String {
            namesByID ? "token_id:\(token)" : tokenizer.decode([token], skipSpecial: false)
        }
        var offset = 0
        for probability in probabilities {
            offsets.append(offset)
            logprobs.append(probability.own.logprob)
            tokens.append(name(probability.own.token))
            // Tokens with the same text: the likelier counts.
            likeliest.append(
                Dictionary(probability.all.map { (name($0.token), $0.logprob) }, uniquingKeysWith: max))
            offset += tokenizer.decode([probability.own.token], skipSpecial: false).count
        }
    }
}

/// One position of `prompt_logprobs`: the prompt's token and the likeliest, by id.
struct PromptLogprob: Encodable {
    private struct Entry: Encodable {
        private enum CodingKeys: String, CodingKey {
            case logprob, rank
            case text = "decoded_token"
        }

        var logprob: Float
        var rank: Int
        var text: String
    }

    private let entries: [String: Entry]

    init(_ probability: TokenProbability, tokenizer: Tokenizer) {
        entries = Dictionary(
            uniqueKeysWithValues: probability.all.map {
                (
                    "\($0.token)",
                    Entry(
                        logprob: $0.logprob, rank: $0.rank, text: tokenizer.decode([$0.token], skipSpecial: false))
                )
            })
    }

    func encode(to encoder: any Encoder) throws { try entries.encode(to: encoder) }
}
