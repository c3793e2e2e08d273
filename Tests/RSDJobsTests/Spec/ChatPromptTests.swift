@testable import Checkpoints
import Foundation
@testable import JobSpecs
import ModelLifecycle
import Testing

@Suite("A chat as the prompt")
struct ChatPromptTests {
    private let template = "{% for m in messages %}{{ m.content }}{% endfor %}"

    /// The fixture's job on vLLM with this prompt.
    private func write(_ prompt: String, to fixture: borrowing SpecFixture) throws {
        try fixture.writeJob(("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, prompt))
    }

    private func giveTemplate(_ roles: [String], in fixture: borrowing SpecFixture) throws {
        for role in roles { try fixture.write(template, to: "models/\(role)/chat_template.jinja") }
    }

    @Test("alone it is the question, with messages of one's own it is these")
    func messages() throws {
        let fixture = try SpecFixture()
        try giveTemplate(["draft", "target"], in: fixture)
        try write("chat", to: fixture)
        let plain = try fixture.load()
        #expect(plain.spec.prompt == .chat(ChatPrompt(user: "{question}")))
        #expect(plain.warnings.isEmpty)
        #expect(
            plain.spec.prompt.before("1+1?")
                == ProblemPrompt(question: "1+1?", form: .chat([ChatMessage(role: "user", content: "1+1?")])))
        try write(#"{ chat: { system: "Think.", user: "{question}\nGo!" } }"#, to: fixture)
        #expect(
            try fixture.load().spec.prompt.before("1+1?").form
                == .chat([
                    ChatMessage(role: "system", content: "Think."), ChatMessage(role: "user", content: "1+1?\nGo!"),
                ]))
        try write(#"{ chat: { system: "Think." } }"#, to: fixture)
        #expect(try fixture.load().spec.prompt == .chat(ChatPrompt(system: "Think.", user: "{question}")))
    }

    @Test("a checkpoint's template is found wherever these keep it")
    func templates() throws {
        let fixture = try SpecFixture()
        func found() throws -> String? { try ModelFiles(directory: fixture.path("models/draft")).chatTemplate }
        func write(config: String) throws { try fixture.write(config, to: "models/draft/tokenizer_config.json") }
        #expect(try found() == nil)
        try write(config: #"{"chat_template": null, "model_max_length": 1e30}"#)
        #expect(try found() == nil)
        try write(config: #"{"chat_template": "a"}"#)
        #expect(try found() == "a")
        try write(
            config: #"{"chat_template": [{"name": "tool_use", "template": "t"}, {"name": "default", "template": "d"}]}"#
        )
        #expect(try found() == "d")
        try write(config: #"{"chat_template": [{"name": "tool_use", "template": "t"}]}"#)
        #expect(try found() == nil)
        try fixture.write("j", to: "models/draft/chat_template.jinja")
        #expect(try found() == "j")
    }

    @Test("a template may come by a flag, and a PRM needs none")
    func whoNeedsOne() throws {
        let fixture = try SpecFixture()
        try giveTemplate(["draft"], in: fixture)
        try fixture.writeJob(
            ("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, "chat"),
            ("{ model: models/target }", "{ model: models/target, args: { chat-template: t.jinja } }"))
        let job = try fixture.load()
        #expect(job.hasChatTemplate(.draft))
        #expect(job.hasChatTemplate(.target))
        #expect(!job.hasChatTemplate(.prm))
        try giveTemplate(["prm"], in: fixture)
        #expect(try fixture.load().hasChatTemplate(.prm))
    }

    @Test("a model that has none is shown the default prompt instead")
    func withoutChat() {
        let chat = PromptSpec.chat(ChatPrompt(system: "s", user: "{question}!")).before("1+1?")
        #expect(chat.withoutChat == ProblemPrompt(question: "1+1?", form: .text("1+1?\n\n")))
        let text = PromptSpec.template(PromptTemplate(name: "x", text: "Q: {question}")).before("1+1?")
        #expect(text.withoutChat == text)
    }

    @Test("a template that writes the date is warned of, unless the date is fixed")
    func dates() throws {
        let fixture = try SpecFixture()
        try giveTemplate(["target"], in: fixture)
        try fixture.write("{{ strftime_now('%d') }}", to: "models/draft/chat_template.jinja")
        try write("chat", to: fixture)
        #expect(
            fixture.fault() == """
                job.yaml:4:19: warning: the chat template in models/draft can insert today's date, which would change the prompts of a run resumed on another day; fix the date with args: { default-chat-template-kwargs: … }
                  draft: { model: models/draft }
                                  ^
                loaded
                """)
        try fixture.writeJob(
            (
                "kind: pocket",
                #"kind: vllm\#n  args: { default-chat-template-kwargs: '{"date_string": "1 Jan 2025"}' }"#
            ),
            (#""{question}\n\n""#, "chat"))
        #expect(fixture.fault() == "loaded")
    }

    @Test("a run may not go on with another chat, nor with another template for it")
    func identity() throws {
        let fixture = try SpecFixture()
        try giveTemplate(["draft", "target"], in: fixture)
        try write("chat", to: fixture)
        let before = SpecIdentity(try fixture.load())
        func changes() throws -> [String] {
            try SpecIdentity(fixture.load()).difference(from: before).map {
                $0.description.replacing(/sha256:[0-9a-f]{64}/, with: "sha256")
            }
        }
        try write(#"{ chat: { system: "Think.", user: "{question}?" } }"#, to: fixture)
        #expect(
            try changes() == [
                #"prompt.system: (none) → "Think.""#, #"prompt.user: "{question}" → "{question}?""#,
            ])
        try fixture.writeJob(
            ("kind: pocket", "kind: vllm\n  args: { chat-template: t.jinja, max-num-seqs: 4 }"),
            (#""{question}\n\n""#, "chat"))
        #expect(
            try changes() == [
                "prompt.draft.chat-template: (none) → t.jinja", "prompt.target.chat-template: (none) → t.jinja",
                "prompt.prm.chat-template: (none) → t.jinja",
            ])
        try write("chat", to: fixture)
        try fixture.write("{{ messages }}", to: "models/target/chat_template.jinja")
        #expect(try changes() == ["models.target.files: sha256 → sha256"])
    }
}
