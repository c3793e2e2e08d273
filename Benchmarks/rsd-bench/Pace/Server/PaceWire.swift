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
