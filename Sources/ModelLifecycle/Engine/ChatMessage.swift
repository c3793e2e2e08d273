/// One turn of a conversation, in the form that chat templates expect.
package struct ChatMessage: Sendable, Hashable, Codable {
    /// `system`, `user` or `assistant`.
    package var role: String
    package var content: String

    package init(role: String, content: String) {
        self.role = role
        self.content = content
    }
}
