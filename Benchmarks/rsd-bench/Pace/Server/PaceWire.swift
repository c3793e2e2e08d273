import Support

/// The `prompt` of a completion or the `input` of a pooling request.
enum PromptList: Decodable {
    case ids([[Int]])
    case texts([String])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let ids = try? container.decode([Int].self) {
            self = .ids([ids])
        } else if let lists = try? container.decode([[Int]].self) {
            self = .ids(lists)
        } else if let text = try? container.decode(String.self) {
            self = .texts([text])
        } else {
            self = .texts(try container.decode([String].self))
        }
    }

    func tokens(_ cache: inout TextCache) -> [[Int]] {
        switch self {
        case .ids(let lists): lists
        case .texts(let texts): texts.map { cache.tokens(of: $0) }
        }
    }
}

/// The body of `POST /v1/completions`, as far as it matters at temperature 0.
struct PacedCompletion: Decodable {
    struct StreamOptions: Decodable { var include_usage: Bool? }

    enum Stops: Decodable {
        case one(String)
        case many([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .many(try container.decode([String].self))
            }
        }

        var list: [String] {
            switch self {
            case .one(let text): [text]
            case .many(let texts): texts
            }
        }
    }

    var prompt: PromptList
    var max_tokens: Int?
    var stop: Stops?
    var include_stop_str_in_output: Bool?
    var skip_special_tokens: Bool?
    var stream: Bool?
    var stream_options: StreamOptions?
    var return_token_ids: Bool?
    var n: Int?
}

/// What an engine will write in response to a prompt.
struct PlannedText {
    var prompt: [Int]
    var tokens: [Int]
    var finish: String
    /// The stop string; nil if there is none.
    var stop: String?

    /// - Parameters:
    ///   - tokens: to the end of the solution, or to `max_tokens`.
    ///   - limit: of the number of tokens.
    init(
        prompt: [Int], tokens: [Int], limit: Int, stops: [String], tokenizer: PacedTokenizer
    ) {
        self.prompt = prompt
        self.tokens = tokens
        finish = tokens.last == tokenizer.vocabulary.end ? "stop" : "length"
        let longest = stops.map(\.utf8.count).max() ?? 0
        guard longest > 0 else { return }
        var written: [UInt8] = []
        for (place, token) in tokens.enumerated() {
            let piece = tokenizer.decode([token], skipSpecial: true).utf8
            // A stop string may begin in earlier tokens, and end before this one does.
            let from = max(0, written.count - longest + 1)
            written += piece
            guard let found = stops.first(where: { written[from...].firstRange(of: Array($0.utf8)) != nil }) else {
                continue
            }
            self.tokens = Array(tokens[...place])
            (finish, stop) = ("stop", found)
            return
        }
    }

    /// Its text, as vLLM shows it.
    func text(_ body: PacedCompletion, _ tokenizer: PacedTokenizer) -> String {
        let text = tokenizer.decode(tokens, skipSpecial: body.skip_special_tokens ?? true)
        guard let stop, let found = text.range(of: stop) else { return text }
        return String(text[..<(body.include_stop_str_in_output == true ? found.upperBound : found.lowerBound)])
    }
}

extension [Int] {
    /// As JSON.
    var json: String {
        var text = "["
        text.reserveCapacity(count * 4)
        for (place, number) in enumerated() {
            if place > 0 { text += "," }
            text += String(number)
        }
        return text + "]"
    }
}
