/// A `--name value` of an engine's command line, or a bare `--name` for `true`.
package struct EngineArgument: Sendable, Equatable {
    package var name: String
    package var value: String?
    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// Flags that determine how vLLM renders a chat.
    static let chatFlags: Set<String> = ["chat-template", "default-chat-template-kwargs"]

    /// The name with dashes, since engines accept both `max_model_len` and `max-model-len`.
    package var flag: String { name.replacing("_", with: "-") }
}
