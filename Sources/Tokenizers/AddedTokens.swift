/// Tokens that are looked for in a text before anything else: the longest of those that begin first.
struct AddedTokens: Sendable {
    enum Part {
        case token(Int)
        case text(String)
    }

    private struct Token: Sendable {
        let id: Int
        let content: [UInt8]
    }

    /// By first byte, longest first.
    private let tokens: [UInt8: [Token]]

    init(_ tokens: [(id: Int, content: String)]) {
        let all = tokens.filter { !$0.content.isEmpty }.map { Token(id: $0.id, content: Array($0.content.utf8)) }
        self.tokens = Dictionary(grouping: all) { $0.content[0] }
            .mapValues { $0.sorted { $0.content.count > $1.content.count } }
    }

    /// Passes on the tokens of a text and what lies between them, in order.
    func cut(_ text: String, _ body: (Part) -> Void) {
        guard !tokens.isEmpty else {
            if !text.isEmpty { body(.text(text)) }
            return
        }
        let bytes = Array(text.utf8)
        var (start, place) = (0, 0)
        func pass(upTo end: Int) {
            if end > start { body(.text(String(decoding: bytes[start..<end], as: UTF8.self))) }
        }
        while place < bytes.count {
            guard let token = tokens[bytes[place]]?.first(where: { bytes[place...].starts(with: $0.content) }) else {
                place += 1
                continue
            }
            pass(upTo: place)
            body(.token(token.id))
            place += token.content.count
            start = place
        }
        pass(upTo: bytes.count)
    }
}
