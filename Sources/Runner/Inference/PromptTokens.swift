import JobSpecs

/// The ids of the prompts that a model was shown, which it is shown again for every step.
actor PromptTokens {
    private var known: [ProblemPrompt.Form: [Int]] = [:]
    private var lead: TextLead?

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

/// What is put before a text so that a tokenizer reads it as going on, and the ids of that.
struct TextLead: Sendable, Hashable {
    var text: String
    var tokens: [Int]
}
