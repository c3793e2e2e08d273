import JobSpecs

/// Token ids of the prompts shown to a model, which are shown again for every step.
actor PromptTokens {
    private var known: [ProblemPrompt.Form: [Int]] = [:]
    private var lead: TextLead?
    /// Whether the prompts were found to begin or not to begin thoughts, as the job says.
    private(set) var isChecked = false

    func setChecked() { isChecked = true }

    func tokens(
        of form: ProblemPrompt.Form, otherwise read: @Sendable () async throws -> [Int]
    ) async throws -> [Int] {
        if let ids = known[form] { return ids }
        let ids = try await read()
        known[form] = ids
        return ids
    }

    func lead(otherwise find: @Sendable () async throws -> TextLead) async throws -> TextLead {
        if let lead { return lead }
        let lead = try await find()
        self.lead = lead
        return lead
    }
}

/// Text prepended so that a tokenizer treats what follows as a continuation, with its token ids.
struct TextLead: Sendable, Hashable {
    var text: String
    var tokens: [Int]
}
