import Synchronization
import TestServers
import TestSupport

@testable import Runner

/// A tokenizer of characters with a few special tokens, which reads a line break pair at the very end of a text as one token.
enum ToyTokenizer {
    private static let specials = ["<s>", "<extra_0>", "<|im_start|>", "<|im_end|>"]
    private static let pair = 0x20_0000
    private static let firstSpecial = 0x20_0001

    static func encode(_ text: String, addSpecialTokens: Bool) -> [Int] {
        var ids = addSpecialTokens ? [firstSpecial] : []
        var rest = Substring(text)
        while let scalar = rest.unicodeScalars.first {
            if let index = specials.firstIndex(where: rest.hasPrefix) {
                ids.append(firstSpecial + index)
                rest = rest.dropFirst(specials[index].count)
            } else if rest == "\n\n" {
                ids.append(pair)
                rest = ""
            } else {
                ids.append(Int(scalar.value))
                rest.unicodeScalars.removeFirst()
            }
        }
        return ids
    }

    static func decode(_ ids: some Sequence<Int>) -> String { ids.map { piece($0) ?? "\n\n" }.joined() }

    /// The ids as text in which the one token for two line breaks shows as `¶`.
    static func show(_ ids: some Sequence<Int>) -> String { ids.map { piece($0) ?? "¶" }.joined() }

    private static func piece(_ id: Int) -> String? {
        if id == pair { return nil }
        if id >= firstSpecial { return specials[id - firstSpecial] }
        return UnicodeScalar(id).map { String(Character($0)) }
    }

    static func render(_ messages: [EngineDouble.Message]) -> String {
        messages.map { "<|im_start|>\($0.role)\n\($0.content)<|im_end|>\n" }.joined() + "<|im_start|>assistant\n"
    }

    /// The same up to the end of the last message.
    static func renderEnded(_ messages: [EngineDouble.Message]) -> String {
        String(render(messages).dropLast("<|im_start|>assistant\n".count))
    }

    /// The same where the last message is open.
    static func renderBegun(_ messages: [EngineDouble.Message]) -> String {
        String(render(messages).dropLast("<|im_end|>\n<|im_start|>assistant\n".count))
    }
}

/// A PRM behind vLLM's endpoints. What it says at a token is a hash of all tokens up to there.
final class ToyPRM: Sendable {
    /// Columns of a row: one number, or two that make 1.
    private let columns: Int
    private let contextLength: Int
    /// Puts something else in the place of the answer to `/pooling`.
    private let corrupt: @Sendable ([[Double]]) -> String?
    /// What it writes, and the probabilities of what it could have written.
    private let write: @Sendable (String) -> (String, [String: Double]?)
    private let asked = Mutex<[[Int]]>([])

    init(
        columns: Int = 1, contextLength: Int = 100_000,
        corrupt: @escaping @Sendable ([[Double]]) -> String? = { _ in nil },
        write: @escaping @Sendable (String) -> (String, [String: Double]?) = { _ in ("9", ["9": 0]) }
    ) {
        self.columns = columns
        self.contextLength = contextLength
        self.corrupt = corrupt
        self.write = write
    }

    /// What was read in each pass so far, shown by ``ToyTokenizer/show(_:)``.
    var passes: [String] { asked.withLock { $0.map { ToyTokenizer.show($0) } } }

    static func value(at tokens: some Sequence<Int>) -> Double {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for token in tokens { hash = SeededRandom.mix(hash ^ UInt64(token)) }
        return Double(hash >> 11) * 0x1p-53
    }

    private func rows(_ ids: [Int]) -> [[Double]] {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        return ids.map { id in
            hash = SeededRandom.mix(hash ^ UInt64(id))
            let value = Double(hash >> 11) * 0x1p-53
            return columns == 1 ? [value] : [1 - value, value]
        }
    }

    @discardableResult
    func withSession<Value>(_ body: (ModelSession) async throws -> Value) async throws -> Value {
        var server = EngineDouble(
            ids: ToyTokenizer.encode, text: ToyTokenizer.decode,
            chat: { ToyTokenizer.encode(ToyTokenizer.render($0), addSpecialTokens: false) },
            complete: { [self] in try complete($0) }, pool: { [self] in try pool($0) })
        server.begunChat = { ToyTokenizer.encode(ToyTokenizer.renderBegun($0), addSpecialTokens: false) }
        server.endedChat = { ToyTokenizer.encode(ToyTokenizer.renderEnded($0), addSpecialTokens: false) }
        return try await server.withSession(contextLength: contextLength, body)
    }

    private func pool(_ ids: [Int]) throws -> TestServer.Response {
        asked.withLock { $0.append(ids) }
        guard ids.count <= contextLength else { throw EngineDouble.Unknown() }
        let rows = rows(ids)
        return try corrupt(rows).map { .json($0) } ?? .scores(rows)
    }

    private func complete(_ request: EngineDouble.CompletionRequest) throws -> EngineDouble.Completion {
        asked.withLock { $0.append(request.prompt) }
        guard request.maxTokens == 1, request.temperature == 0, request.prompt.count < contextLength else {
            throw EngineDouble.Unknown()
        }
        let (text, probabilities) = write(ToyTokenizer.decode(request.prompt))
        let ids = ToyTokenizer.encode(text, addSpecialTokens: false)
        return EngineDouble.Completion(
            text: text, tokens: ids.count == 1 ? ids : [0x30], finish: "length", topLogprobs: probabilities)
    }
}
