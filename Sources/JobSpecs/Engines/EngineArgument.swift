/// One `--name value` (or bare `--name` for `true`) of an engine's command line.
package struct EngineArgument: Sendable, Equatable {
    package var name: String
    package var value: String?
    package init(name: String, value: String?) {
        self.name = name
        self.value = value
    }

    /// Those that change how vLLM renders a chat.
    static let chatFlags: Set<String> = ["chat-template", "default-chat-template-kwargs"]

    /// The name with dashes: engines take `max_model_len` and `max-model-len` for the same.
    package var flag: String { name.replacing("_", with: "-") }
}
