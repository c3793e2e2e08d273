import Foundation
import RunnerSupport
import TestSupport

/// A job on models that think in scripted texts. Its questions end in a letter, by which the models know what to write.
struct ThinkingSetup: JobSource {
    static let limit = Duration.seconds(120)

    var methods = "[draft_only]"
    /// Whether the prompt begins the thoughts.
    var isOpen = true
    /// `thinking` of the spec; nil leaves it out.
    var thinking: String?
    var maxTokens = 12
    var lookahead = "all"
    /// Whether the marks are special tokens, which engines leave out of texts.
    var marksAreSpecial = false

    var untouched: ThinkingSetup { self }

    private static let questions = [("A", "4"), ("B", "7"), ("C", "9"), ("D", "3")]

    func records() -> String {
        Self.questions.map { #"{"id": "\#($0.0)", "question": "\#($0.0)?", "answer": "\#($0.1)"}"# }
            .joined(separator: "\n")
    }

    func yaml(scratch: URL) -> String {
        """
        name: test
        models:
          draft: { model: models/draft }
          target: { model: models/target }
          prm: { model: models/prm, profile: token-classification }
        engine: { kind: pocket, stop_grace: 5 }
        datasets:
          - { name: sums, path: problems.jsonl, id: id }
        prompt: "{question}\(isOpen ? "<think>" : "")\\n"
        \(thinking.map { "thinking: \($0)\n" } ?? "")decoding: { max_tokens: \(maxTokens), max_steps: 12, lookahead: \(lookahead) }
        methods: \(methods)
        """
    }

    // MARK: Models

    /// A: thinks of a wrong answer first. B: never ends its thoughts. C: thinks twice. D: does not think.
    private var texts: [[String]] {
        let begin = isOpen ? [] : ["<think>"]
        return [
            ["A?\(isOpen ? "<think>" : "")\n"] + begin
                + [
                    "Two and two.\n\n", "Is it \\boxed{5}?\n\n", "So four.", "</think>", "\n\n",
                    "The answer is \\boxed{4}.",
                ],
            [
                "B?\(isOpen ? "<think>" : "")\n", isOpen ? "Is it " : "<think>Is it ", "\\boxed{7}?\n\n", "Wait.\n\n",
                "Wait.\n\n",
            ],
            [
                "C?\(isOpen ? "<think>" : "")\n", isOpen ? "One.</thi" : "<think>One.</thi", "nk>\n\n",
                "\\boxed{1}<thi", "nk>No.\n\n", "Nine.</think> ", "It is \\boxed{9}.",
            ],
            ["D?\(isOpen ? "<think>" : "")\n", isOpen ? "Easy.</think>\n\n" : "Easy: ", "\\boxed{3}"],
        ]
    }

    func writeModels(in scratch: URL) throws {
        let steps = ["Let me add.\n\n"]
        let model = ScriptedModel(
            pieces: Set(texts.flatMap(\.self) + steps).sorted(),
            special: marksAreSpecial ? ["<think>", "</think>"] : [])
        var following: [String: String] = [:]
        for text in texts {
            for (piece, next) in zip(text, text.dropFirst()) { following[piece] = next }
        }
        following[steps[0]] = "So four."
        try model.write(to: scratch.appending(path: "models/draft"), following: following)
        following["Two and two.\n\n"] = steps[0]
        try model.write(to: scratch.appending(path: "models/target"), following: following)
        try model.write(
            to: scratch.appending(path: "models/prm"),
            rewards: [
                "Two and two.\n\n": 8, "Is it \\boxed{5}?\n\n": -8, "\\boxed{7}?\n\n": 8, "Wait.\n\n": 8,
                "nk>\n\n": 8, "nk>No.\n\n": 8, "The answer is \\boxed{4}.": 8, "It is \\boxed{9}.": 8, "\\boxed{3}": 8,
            ])
    }
}

extension RunnerJob<ThinkingSetup> {
    convenience init(thinking setup: ThinkingSetup) throws {
        try self.init(setup)
        try setup.writeModels(in: scratch)
    }
}
