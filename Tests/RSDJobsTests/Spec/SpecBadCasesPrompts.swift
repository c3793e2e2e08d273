// What users get wrong in prompts, and what they are told, word for word.

extension BadCase {
    private static func prompt(_ title: String, _ prompt: String, says: String) -> BadCase {
        BadCase(
            title, changes: [("kind: pocket", "kind: vllm"), (#"prompt: "{question}\n\n""#, "prompt: " + prompt)],
            says: says)
    }

    static let prompts: [BadCase] = [
        prompt(
            "a misspelt name", "qwen25-math-cto",
            says: #"""
                job.yaml:12:9: error: "qwen25-math-cto" is neither the name of a prompt nor a text that contains {question}; did you mean 'qwen25-math-cot'?
                prompt: qwen25-math-cto
                        ^
                1 error in job.yaml
                """#),
        prompt(
            "a name near no other", "few-shot-of-my-own",
            says: #"""
                job.yaml:12:9: error: "few-shot-of-my-own" is neither the name of a prompt nor a text that contains {question}; known: chat, qwen25-math-cot, qwen-boxed, direct, cot, deepseek-math, mathstral, mistral, internlm-math-chat, numina, wizard_zs, abel, jiuzhang, jiuzhang_nl, mmiqc, kpmath, shepherd
                prompt: few-shot-of-my-own
                        ^
                1 error in job.yaml
                """#),
        prompt(
            "a chat in capitals", "Chat",
            says: #"""
                job.yaml:12:9: error: "Chat" is neither the name of a prompt nor a text that contains {question}; did you mean 'chat'?
                prompt: Chat
                        ^
                1 error in job.yaml
                """#),
        prompt(
            "a chat of a kind too many", "{ chat: { user: \"{question}\" }, name: x }",
            says: #"""
                job.yaml:12:9: error: a prompt with 'chat' allows no other key
                prompt: { chat: { user: "{question}" }, name: x }
                        ^
                1 error in job.yaml
                """#),
        prompt(
            "a chat that is text", "{ chat: \"{question}\" }",
            says: #"""
                job.yaml:12:17: error: expected a mapping such as { system: … } for 'chat', found the text "{question}"
                prompt: { chat: "{question}" }
                                ^
                1 error in job.yaml
                """#),
        prompt(
            "a chat with other roles", "{ chat: { usr: \"{question}\", assistant: yes } }",
            says: #"""
                job.yaml:4:19: error: models/draft has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; with 'prompt: chat' give it one by args: { chat-template: FILE }, or choose a named or written prompt
                  draft: { model: models/draft }
                                  ^
                job.yaml:5:20: error: models/target has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; with 'prompt: chat' give it one by args: { chat-template: FILE }, or choose a named or written prompt
                  target: { model: models/target }
                                   ^
                job.yaml:12:19: error: unknown key 'usr' in chat; did you mean 'user'?
                prompt: { chat: { usr: "{question}", assistant: yes } }
                                  ^
                job.yaml:12:38: error: unknown key 'assistant' in chat; known keys: system, user
                prompt: { chat: { usr: "{question}", assistant: yes } }
                                                     ^
                4 errors in job.yaml
                """#),
        prompt(
            "a chat without the question", #"{ chat: { system: "{question}", user: "Solve it.\n" } }"#,
            says: #"""
                job.yaml:12:27: error: {question} is in 'system', but is only allowed in 'user'
                prompt: { chat: { system: "{question}", user: "Solve it.\n" } }
                                          ^
                job.yaml:12:47: error: 'user' does not contain {question}
                prompt: { chat: { system: "{question}", user: "Solve it.\n" } }
                                                              ^
                2 errors in job.yaml
                """#),
        prompt(
            "a chat in single quotes", #"{ chat: { user: '{question}\nThink.' } }"#,
            says: #"""
                job.yaml:12:25: error: in single quotes, '\n' is a backslash and an n, not a line break; write 'user' in double quotes, such as "\n\n"
                prompt: { chat: { user: '{question}\nThink.' } }
                                        ^
                1 error in job.yaml
                """#),
        prompt(
            "a chat for models without a template", "chat",
            says: #"""
                job.yaml:4:19: error: models/draft has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; with 'prompt: chat' give it one by args: { chat-template: FILE }, or choose a named or written prompt
                  draft: { model: models/draft }
                                  ^
                job.yaml:5:20: error: models/target has no chat template, neither in chat_template.jinja nor in tokenizer_config.json; with 'prompt: chat' give it one by args: { chat-template: FILE }, or choose a named or written prompt
                  target: { model: models/target }
                                   ^
                2 errors in job.yaml
                """#),
        BadCase(
            "a chat with the pocket engine", changes: [(#"prompt: "{question}\n\n""#, "prompt: chat")],
            says: #"""
                job.yaml:12:9: error: the pocket engine has no chat templates; set a text that contains {question}, or use 'kind: vllm'
                prompt: chat
                        ^
                1 error in job.yaml
                """#),
    ]
}
