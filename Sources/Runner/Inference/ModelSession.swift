import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// A model that is up and ready: its engine's client and what is known of its tokenizer and context.
struct ModelSession: Sendable {
    let client: EngineClient
    /// Tokens that a prompt and its continuation may have together; `Int.max` where the server does not tell.
    let contextLength: Int
    let pieces: TokenPieces
    let splitter: StepSplitter
    let prompts = PromptTokens()
    /// What the model said as a PRM, by what it was shown.
    var rewards = OnceOnly<String, [Double]>()
    /// What it was shown for that.
    var readings = Readings()

    func pieces(of ids: some Sequence<Int> & Sendable) async throws -> [String] {
        try await pieces.pieces(of: ids, from: client)
    }

    /// The ids of a prompt and the steps after it, as the model would have written the steps itself.
    ///
    /// The prompt keeps the ids that the model was shown for the first step: read together with the steps, its end and
    /// their beginning may become other tokens.
    func tokens(of prompt: ProblemPrompt, steps: [String]) async throws -> [Int] {
        try await tokens(of: prompt) + continuation(steps.joined())
    }

    /// The ids of a prompt: those of its text with the tokenizer's special tokens, or those of the chat that the model's
    /// template makes of it, up to where the answer begins.
    func tokens(of prompt: ProblemPrompt) async throws -> [Int] {
        try await prompts.tokens(of: prompt.form) {
            switch prompt.form {
            case .text(let text): try await promptTokens(of: text)
            case .chat(let messages):
                try await client.tokenize(messages: messages, addGenerationPrompt: true, continueFinalMessage: false)
            }
        }
    }

    /// The ids of text that stands at the beginning.
    func promptTokens(of text: String) async throws -> [Int] {
        let ids = try await safeTokens(of: text, addSpecialTokens: true)
        // A text may begin with the token that the tokenizer puts there by itself; one of them is enough.
        guard ids.count > 1, ids[0] == ids[1] else { return ids }
        let bare = try await safeTokens(of: text, addSpecialTokens: false)
        return bare.elementsEqual(ids.dropFirst()) ? bare : ids
    }

    /// The ids of text that goes on from other text.
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

    /// What goes before text that goes on from other text.
    func lead() async throws -> TextLead {
        try await prompts.lead { try await findLead() }
    }

    /// Tokenizers of the SentencePiece kind put a space before all text. After a line break they read it as it is, and they
    /// have no token that joins one to other text; byte-level tokenizers have such tokens, and need no lead.
    private func findLead() async throws -> TextLead {
        let letter = try await client.tokenize("A", addSpecialTokens: false)
        guard letter.strings.first?.hasPrefix("\u{2581}") == true else { return TextLead(text: "", tokens: []) }
        return TextLead(text: "\n", tokens: try await client.tokenize("\n", addSpecialTokens: false).tokens)
    }

    /// The ids of `text` as a model would have written them that writes on after it.
    ///
    /// A tokenizer may take a delimiter at the very end of a text for other tokens than the same delimiter with more text
    /// after it, and a model that is shown the former goes astray. So the text is read with a letter appended, and the
    /// letter's token is dropped.
    ///
    /// - Throws: ``PermanentFailure`` where no letter stays a token by itself.
    private func safeTokens(of text: String, addSpecialTokens: Bool) async throws -> [Int] {
        guard splitter.endsWithDelimiter(text) else {
            return try await client.tokenize(text, addSpecialTokens: addSpecialTokens).tokens
        }
        for letter in ["A", "x", "1"] {
            let read = try await client.tokenize(text + letter, addSpecialTokens: addSpecialTokens)
            if let last = read.tokens.last, try await pieces(of: [last]) == [letter] {
                return Array(read.tokens.dropLast())
            }
        }
        throw PermanentFailure(
            reason: "the tokenizer joins the delimiter to whatever follows it, so that steps cannot be continued")
    }
}

/// A need that no engine can meet, however often it is asked: the trajectory fails.
struct PermanentFailure: Error, CustomStringConvertible {
    var reason: String
    var description: String { reason }
}

/// An engine's answer that contradicts itself or the question.
struct MalformedResponse: ProgramError {
    var description: String
    var explanation: Explanation { Explanation("engine-nonsense", .engine, description, remedy: nil) }
}
