import ModelLifecycle
import Support
import Synchronization

/// How an engine's model reads texts and conversations, and writes tokens. What the tokenizer's cache does not know is asked of the
/// engine.
final class TokenReader: Sendable {
    /// Equal for engines that render conversations in the same way.
    private let template: String
    private let findCache: @Sendable (EngineClient) async throws -> TokenCache
    private let finding = OnceOnly<Int, TokenCache>()
    private let found: Mutex<TokenCache?>
    /// First texts of the run for which the engine is asked too, to compare.
    private let trials = Mutex(2)
    private let checked = Mutex(false)

    /// - Parameter findCache: called once, before the engine's first text.
    init(template: String = "", findCache: @escaping @Sendable (EngineClient) async throws -> TokenCache) {
        (self.template, self.findCache) = (template, findCache)
        found = Mutex(nil)
    }

    init(_ cache: TokenCache = TokenCache()) {
        (template, findCache) = ("", { _ in cache })
        found = Mutex(cache)
    }

    private func cache(_ client: EngineClient) async throws -> TokenCache {
        if let cache = found.withLock({ $0 }) { return cache }
        let cache = try await finding.answer(to: 0) { [findCache] in try await findCache(client) }
        found.withLock { $0 = cache }
        return cache
    }

    /// Whether the prompts were found to begin or not to begin thoughts, as the job says.
    var isChecked: Bool { checked.withLock { $0 } }
    func setChecked() { checked.withLock { $0 = true } }

    /// The ids of a text.
    func ids(of text: String, addSpecialTokens: Bool, from client: EngineClient) async throws -> [Int] {
        let cache = try await cache(client)
        var hash = SHA256()
        for field in [addSpecialTokens ? "whole" : "bare", text] { hash.update(field: field) }
        return try await cache.ids.answer(to: hash.value(), by: ObjectIdentifier(self)) { [self] in
            let local = cache.local?.tokens(of: text, addSpecialTokens: addSpecialTokens)
            if let local, !takeTrial() { return local.map(Int32.init) }
            let ids = try await client.tokenize(text, addSpecialTokens: addSpecialTokens).tokens
            if let local, local != ids { cache.distrustLocal() }
            return ids.map(Int32.init)
        }.map(Int.init)
    }

    private func takeTrial() -> Bool {
        trials.withLock { left in
            defer { left = max(0, left - 1) }
            return left > 0
        }
    }

    /// The ids of a conversation in the model's template.
    func ids(
        of messages: [ChatMessage], settings: [String: Bool] = [:], upTo end: ConversationEnd,
        from client: EngineClient
    ) async throws -> [Int] {
        var hash = SHA256()
        for field in ["chat up to \(end)", template]
            + settings.sorted(by: { $0.key < $1.key }).map({ "\($0.key) \($0.value)" })
        {
            hash.update(field: field)
        }
        for message in messages {
            for field in ["message", message.role, message.content] { hash.update(field: field) }
        }
        return try await cache(client).ids.answer(to: hash.value(), by: ObjectIdentifier(self)) {
            try await client.tokenize(
                messages: messages, addGenerationPrompt: end == .response, continueFinalMessage: end == .openTurn,
                settings: settings
            ).map(Int32.init)
        }.map(Int.init)
    }

    /// What is put before text that continues other text.
    ///
    /// SentencePiece tokenizers put a space before all text. After a line break they tokenize text as it is, and they have no
    /// token that joins one to other text. Byte-level tokenizers have such tokens, and need no lead.
    func lead(from client: EngineClient) async throws -> TextLead {
        let cache = try await cache(client)
        // What is read in the program is byte-level.
        if cache.local != nil { return TextLead(text: "", tokens: []) }
        return try await cache.leads.answer(to: 0) {
            let letter = try await client.tokenize("A", addSpecialTokens: false)
            guard letter.strings.first?.hasPrefix("\u{2581}") == true else { return TextLead(text: "", tokens: []) }
            return TextLead(text: "\n", tokens: try await client.tokenize("\n", addSpecialTokens: false).tokens)
        }
    }

    /// The text of each of `ids` alone, in order.
    func pieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String] {
        let cache = try await cache(client)
        if let known = cache.pieces(of: ids) { return known }
        let local = cache.local.flatMap { $0.decodes ? $0 : nil }
        let pieces =
            if let local { ids.map { local.text(of: [$0]) } } else { try await askedPieces(of: ids, from: client) }
        cache.note(pieces, of: ids, areLocal: local != nil)
        return pieces
    }

    /// The text of each of `ids` alone, as the engine says.
    private func askedPieces(of ids: some Sequence<Int> & Sendable, from client: EngineClient) async throws -> [String]
    {
        let texts = try await cache(client).texts
        // A response has the same tokens many times.
        let missing = Set(ids).filter { texts.known([$0]) == nil }
        // Wait for all, also after a failure: no request may still be running when the engine's successor gets one.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for id in missing { group.addTask { _ = try await self.askedText(of: [id], from: client) } }
            try await group.waitForAll()
        }
        return ids.compactMap { texts.known([$0]) }
    }

    /// The text of tokens together.
    func text(of ids: [Int], from client: EngineClient) async throws -> String {
        if let local = try await cache(client).local, local.decodes { return local.text(of: ids) }
        return try await askedText(of: ids, from: client)
    }

    private func askedText(of ids: [Int], from client: EngineClient) async throws -> String {
        try await cache(client).texts.answer(to: ids, by: ObjectIdentifier(self)) { try await client.detokenize(ids) }
    }

    /// Compares pieces with the engine's, where its text does not fit them.
    ///
    /// - Returns: whether they were wrong; from now on they are the engine's.
    func corrects(_ pieces: [String], of ids: [Int], from client: EngineClient) async throws -> Bool {
        let cache = try await cache(client)
        guard cache.local?.decodes == true, try await askedPieces(of: ids, from: client) != pieces else { return false }
        cache.distrustLocal()
        return true
    }
}
