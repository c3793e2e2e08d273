@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Support
import Testing

@Suite("Thinking in the spec") struct ThinkingSpecTests {
    private static let qwen3 = GenerationPromptTests.templates[0].end
    private static let qwq = GenerationPromptTests.templates[1].end
    private static let exaone = #"{% if add_generation_prompt %}{{ '[|assistant|]<thought>\n' }}{% endif %}</thought>"#

    /// The fixture's job on vLLM with a chat as the prompt.
    private func load(
        draft: String = qwq, target: String = qwq, thinking: String? = nil, _ changes: (String, String)...
    ) throws -> LoadedJob {
        let fixture = try SpecFixture()
        try fixture.write(draft + "{# </think> #}", to: "models/draft/chat_template.jinja")
        try fixture.write(target + "{# </think> #}", to: "models/target/chat_template.jinja")
        let prompt = (#"prompt: "{question}\n\n""#, "prompt: chat" + (thinking.map { "\nthinking: \($0)" } ?? ""))
        try fixture.writeJob([("kind: pocket", "kind: vllm"), prompt] + changes)
        return try fixture.load()
    }

    private func think(_ open: Set<Role>, prm: MarkedThinking.View = .shown) -> ThinkingSpec {
        .marked(MarkedThinking(begin: "<think>", end: "</think>", open: open, prm: prm))
    }

    @Test("chat templates are recognised, and where they begin the thoughts")
    func recognised() throws {
        #expect(try load().spec.thinking == think([.draft, .target]))
        #expect(try load(draft: Self.qwen3, target: Self.qwen3).spec.thinking == think([]))
        #expect(try load(thinking: "auto").spec.thinking == think([.draft, .target]))
        #expect(try load(thinking: "{ prm: hidden }").spec.thinking == think([.draft, .target], prm: .hidden))
        #expect(try load(thinking: "true").spec.thinking == think([.draft, .target]))
        let thought = MarkedThinking(begin: "<thought>", end: "</thought>", open: [.draft, .target])
        let fixture = try SpecFixture()
        for role in ["draft", "target"] { try fixture.write(Self.exaone, to: "models/\(role)/chat_template.jinja") }
        try fixture.writeJob(("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, "chat"))
        #expect(try fixture.load().spec.thinking == .marked(thought))
    }

    @Test("a template's settings decide, from the engine's flags or the model's")
    func settings() throws {
        let settings = #"args: { default-chat-template-kwargs: '{"enable_thinking": false}' }"#
        let template = GenerationPromptTests.templates[4].end
        func load(_ changes: (String, String)...) throws -> ThinkingSpec? {
            let fixture = try SpecFixture()
            for role in ["draft", "target"] { try fixture.write(template, to: "models/\(role)/chat_template.jinja") }
            try fixture.writeJob(
                [
                    ("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, "chat"),
                    ("- { rsd: { threshold: 0.7 } }", "- draft_only"),
                ]
                    + changes)
            return try fixture.load().spec.thinking
        }
        #expect(try load() == think([.draft, .target]))
        #expect(try load(("kind: vllm", "kind: vllm\n  \(settings)")) == think([]))
        #expect(try load(("{ model: models/draft }", "{ model: models/draft, \(settings) }")) == think([.target]))
    }

    @Test("a prompt that ends within thoughts is recognised too, and other jobs are as they were")
    func text() throws {
        let fixture = try SpecFixture()
        #expect(try fixture.load().spec.thinking == nil)
        try fixture.writeJob((#""{question}\n\n""#, #""Think in <think></think>. {question}\n<think>\n""#))
        #expect(try fixture.load().spec.thinking == think([.draft, .target]))
        try fixture.writeJob((#""{question}\n\n""#, #""{question}\n<think>\n\n</think>\n""#))
        #expect(try fixture.load().spec.thinking == nil)
        try fixture.writeJob((#""{question}\n\n""#, #""{question}\n\n"\#nthinking: {}"#))
        #expect(try fixture.load().spec.thinking == think([]))
    }

    @Test("without thinking, a template gets its switch turned off with each request")
    func off() throws {
        let job = try load(draft: Self.qwen3, target: Self.qwen3, thinking: "none")
        #expect(job.spec.thinking == .off)
        #expect(job.spec.chatSettings == ["enable_thinking": false, "thinking": false])
        #expect(job.spec.thoughts(of: [.draft]) == nil)
        #expect(try load(draft: Self.qwen3, target: Self.qwen3, thinking: "false").spec.thinking == .off)
        #expect(try load().spec.chatSettings == [:])
    }

    @Test("it is part of a run's identity once it is known")
    func identity() throws {
        let fixture = try SpecFixture()
        let before = SpecIdentity(try fixture.load())
        #expect(!before.entries.contains { $0.key.hasPrefix("thinking") })
        let known = try load()
        let entries = SpecIdentity(known).entries.filter { $0.key.hasPrefix("thinking") }
        #expect(
            entries.map { "\($0.key) \($0.value)" } == [
                #"thinking.begin "<think>""#, #"thinking.end "</think>""#, "thinking.starts prompt",
                "thinking.prm shown",
            ])
    }

    @Test("a run of a version that did not recognise thoughts goes on without, unless the spec states them")
    func olderRun() throws {
        let known = try load()
        var older = known
        older.spec.thinking = nil
        let identity = SpecIdentity(older)
        #expect(SpecIdentity(known.following(identity)) == identity)
        #expect(known.following(SpecIdentity(known)).spec.thinking == known.spec.thinking)
        let stated = try load(thinking: "{ prm: shown }")
        #expect(SpecIdentity(stated.following(identity)).difference(from: identity).count == 4)
    }

    @Test(
        "models that cannot continue each other's thoughts are refused, and so are thoughts that cannot be turned off")
    func refused() {
        func fault(_ draft: String, _ target: String, _ thinking: String? = nil) -> String {
            do {
                return "\(try load(draft: draft, target: target, thinking: thinking).spec.name)"
            } catch {
                return "\(error)"
            }
        }
        #expect(fault(Self.qwen3, Self.qwq).contains("the prompt of the target ends with '<think>'"))
        #expect(fault(Self.qwq, Self.qwen3).contains("the prompt of the draft ends with '<think>'"))
        #expect(fault(Self.qwq, Self.qwq, "none").contains("'thinking: none'"))
        #expect(fault(Self.qwen3, Self.qwq, "{ starts: prompt }") == "demo")
    }

    @Test("limits that thoughts exceed are warned of")
    func budget() throws {
        let wide = (
            "decoding: { delimiter: \"\\n\\n\", max_tokens: 64",
            "decoding: { delimiter: \"\\n\\n\", max_steps: 500, max_tokens: 16384"
        )
        #expect(try load().warnings.count == 1)
        #expect(try load(thinking: "none", draft: Self.qwen3, target: Self.qwen3).warnings.isEmpty)
        #expect(try load(wide).warnings.isEmpty)
        let contexts = ("{ model: models/draft }", "{ model: models/draft, context: 4096 }")
        #expect(try load(wide, contexts).warnings.count == 1)
        let prm = ("profile: token-classification", "profile: token-classification, context: 4096")
        #expect(try load(wide, prm).warnings.count == 1)
        #expect(try load(thinking: "{ prm: hidden }", wide, prm).warnings.isEmpty)
    }

    private func load(
        thinking: String, draft: String, target: String
    ) throws -> LoadedJob { try load(draft: draft, target: target, thinking: thinking) }
}
