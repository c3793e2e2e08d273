/// One turn of a conversation, as a model's chat template takes it.
package struct ChatMessage: Sendable, Hashable, Codable {
    /// `system`, `user` or `assistant`.
    package var role: String
    package var content: String

    package init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
