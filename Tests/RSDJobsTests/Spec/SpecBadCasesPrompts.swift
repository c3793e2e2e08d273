// What users get wrong in prompts.

extension BadCase {
    private static func prompt(_ title: String, _ prompt: String) -> BadCase {
        BadCase(
            title, changes: [("kind: pocket", "kind: vllm"), (#"prompt: "{question}\n\n""#, "prompt: " + prompt)])
    }

    static let prompts: [BadCase] = [
        prompt(
            "a misspelt name", "qwen25-math-cto"),
        prompt(
            "a name near no other", "few-shot-of-my-own"),
        prompt(
            "a chat in capitals", "Chat"),
        prompt(
            "a chat of a kind too many", "{ chat: { user: \"{question}\" }, name: x }"),
        prompt(
            "a chat that is text", "{ chat: \"{question}\" }"),
        prompt(
            "a chat with other roles", "{ chat: { usr: \"{question}\", assistant: yes } }"),
        prompt(
            "a chat without the question", #"{ chat: { system: "{question}", user: "Solve it.\n" } }"#),
        prompt(
            "a chat in single quotes", #"{ chat: { user: '{question}\nThink.' } }"#),
        prompt(
            "a chat for models without a template", "chat"),
        BadCase(
            "a chat with the pocket engine", changes: [(#"prompt: "{question}\n\n""#, "prompt: chat")]),
    ]
}
