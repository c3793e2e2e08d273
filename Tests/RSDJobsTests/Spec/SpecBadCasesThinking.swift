// What users get wrong in how models think.

extension BadCase {
    private static func thinking(_ title: String, _ thinking: String, prompt: String = #""{question}\n\n""#) -> BadCase
    {
        BadCase(title, changes: [(#"prompt: "{question}\n\n""#, "prompt: \(prompt)\nthinking: \(thinking)")])
    }

    static let thinking: [BadCase] = [
        thinking("thinking that is a mark", "<think>"),
        thinking("thinking that is a number", "1"),
        thinking("thinking with a misspelt key", #"{ begn: "<think>", end: "</think>" }"#),
        thinking("thinking without an end", #"{ begin: "<think>" }"#),
        thinking("thinking with an empty mark", #"{ begin: "", end: "</think>" }"#),
        thinking("thinking with a line break in a mark", #"{ begin: "<think>\n", end: "</think>" }"#),
        thinking("thinking with marks that contain each other", #"{ begin: "think>", end: "/think>" }"#),
        thinking("thinking with an unknown start", "{ starts: model, prm: seen }"),
        thinking("thinking with starts of other models", "{ starts: { prm: prompt, draft: prompt } }"),
        thinking("thinking with a prompt that does not begin it", "{ starts: prompt }"),
        thinking("thinking with a prompt that begins it", "{ starts: response }", prompt: #""{question}\n<think>\n""#),
        thinking("no thinking with a prompt that begins it", "none", prompt: #""{question}\n<think>\n""#),
        thinking("thinking in one of two writers", "{ starts: { draft: prompt } }", prompt: #""{question}\n<think>""#),
    ]
}
