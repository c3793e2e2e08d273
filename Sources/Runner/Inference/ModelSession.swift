import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// A model that is ready: its engine's client, tokenizer and context.
struct ModelSession: Sendable {
    let client: EngineClient
    /// Maximum tokens of prompt and continuation together; `Int.max` if the server does not report it.
    let contextLength: Int
    let reader: TokenReader
    let splitter: StepSplitter
    /// The model's scores as a PRM, by input.
    var rewards = OnceOnly<UInt128, [Double]>()
    /// The inputs counted for them.
    var readings = Readings()
    /// Settings of the chat template, sent with every conversation that the model continues.
    var chatSettings: [String: Bool] = [:]

    /// Token ids of a text.
    func tokens(of text: String, addSpecialTokens: Bool) async throws -> [Int] {
        try await reader.ids(of: text, addSpecialTokens: addSpecialTokens, from: client)
    }

    /// Token ids of a conversation in the model's template.
    func tokens(
        of messages: [ChatMessage], settings: [String: Bool] = [:], upTo end: ConversationEnd = .response
    ) async throws -> [Int] {
        try await reader.ids(of: messages, settings: settings, upTo: end, from: client)
    }

    func pieces(of ids: some Sequence<Int> & Sendable) async throws -> [String] {
        try await reader.pieces(of: ids, from: client)
    }

    /// The text of tokens together.
    func text(of ids: some Sequence<Int>) async throws -> String {
        try await reader.text(of: Array(ids), from: client)
    }

    /// Token ids of a prompt and the steps after it, as the model would have written the steps itself.
    ///
    /// The prompt keeps the ids that the model was shown for the first step: tokenized together with the steps, its end and
    /// their beginning could become other tokens.
    func tokens(of prompt: ProblemPrompt, steps: [String]) async throws -> [Int] {
        try await tokens(of: prompt) + continuation(steps.joined())
    }

    /// Token ids of a prompt: of its text with the tokenizer's special tokens, or of a chat in the model's template, up to where
    /// the response begins.
    func tokens(of prompt: ProblemPrompt) async throws -> [Int] {
        switch prompt.form {
        case .text(let text): try await promptTokens(of: text)
        case .chat(let messages): try await tokens(of: messages, settings: chatSettings)
        }
    }

    /// Token ids of text at the beginning.
    func promptTokens(of text: String) async throws -> [Int] {
        let ids = try await safeTokens(of: text, addSpecialTokens: true)
        // A text may begin with the token that the tokenizer prepends; one is enough.
        guard ids.count > 1, ids[0] == ids[1] else { return ids }
        let bare = try await safeTokens(of: text, addSpecialTokens: false)
        return bare.elementsEqual(ids.dropFirst()) ? bare : ids
    }

    /// Token ids of text that continues other text.
    func continuation(_ text: String) async throws -> [Int] {
        guard !text.isEmpty else { return [] }
        let lead = try await lead()
        let ids = try await safeTokens(of: lead.text + text, addSpecialTokens: false)
        guard ids.starts(with: lead.tokens) else {
            throw PermanentFailure(
                reason: "the tokenizer joins a line break to what follows it, so that text cannot go on")
        }
        return Array(ids.dropFirst(lead.tokens.count))
    }

    /// The lead for text that continues other text.
    func lead() async throws -> TextLead { try await reader.lead(from: client) }

    /// Token ids of `text` as written by a model that continues after it.
    ///
    /// A tokenizer may use other tokens for a delimiter at the very end of a text than for the same delimiter with text after
    /// it, and the former lead a model astray. So the text is tokenized with a letter appended, whose token is dropped.
    ///
    /// - Throws: ``PermanentFailure`` if no letter is a token by itself.
    private func safeTokens(of text: String, addSpecialTokens: Bool) async throws -> [Int] {
        guard splitter.endsWithDelimiter(text) else {
            return try await tokens(of: text, addSpecialTokens: addSpecialTokens)
        }
        for letter in ["A", "x", "1"] {
            let ids = try await tokens(of: text + letter, addSpecialTokens: addSpecialTokens)
            if let last = ids.last, try await pieces(of: [last]) == [letter] { return ids.dropLast() }
        }
        throw PermanentFailure(
            reason: "the tokenizer joins the delimiter to whatever follows it, so that steps cannot be continued")
    }
}

/// A need that no engine can meet, however often it is tried: the trajectory fails.
struct PermanentFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

/// A response that contradicts itself or the request.
struct MalformedResponse: ProgramError {
    var description: String
    var explanation: Explanation { Explanation("engine-nonsense", .engine, description, remedy: nil) }
}
