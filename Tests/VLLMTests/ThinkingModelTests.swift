import Decoding
import Foundation
import Graders
import ModelLifecycle
import Reporting
import RunnerSupport
import TestSupport
import Testing

/// Tiny models whose chat templates think, on real vLLM; what they write is scripted.
@Suite(.onRealVLLM) struct ThinkingModelTests {
    private static let template =
        "{% for m in messages %}<|{{ m.role }}|>{{ m.content.split('</think>')[-1] }}{% endfor %}"
        + "{% if add_generation_prompt %}{{ '<|assistant|>' }}{% if enable_thinking is defined and enable_thinking is false %}"
        + #"{{ '<think>\n\n</think>\n\n' }}{% else %}{{ '<think>\n' }}{% endif %}{% endif %}"#

    private func lines(_ setup: ThinkingModelSetup, on served: ServedModel) async throws -> [ResultLine] {
        let job = try RunnerJob(setup)
        let run = try await job.run(environment: ["RSD_KEY": served.key])
        #expect(run.code == 0, "\(run.messages)")
        return try job.resultLines()
    }

    @Test("a template that begins thoughts is recognised, can be turned off, and its thoughts are judged or hidden")
    func template() async throws {
        let scratch = try Scratch()
        let model = scratch.path("model")
        let pieces = [
            "<think>\n", "\n</think>\n\n", "Two and two.\n\n", "So four.</think>\n\n", "The answer is \\boxed{4}.",
            "At once: \\boxed{7}",
        ]
        try ScriptedModel(pieces: pieces).write(
            to: scratch.file("model"),
            following: [
                pieces[0]: pieces[2], pieces[2]: pieces[3], pieces[3]: pieces[4], pieces[1]: pieces[5],
            ], template: Self.template, context: 2048)
        try await ServedModel.with("draft", model) { served in
            var setup = ThinkingModelSetup(model: model, url: served.url)
            setup.methods = "[draft_only, { rsd: { weighting: constant, p: 1 } }]"
            let lines = try await lines(setup, on: served)
            #expect(
                lines.map(\.text)
                    == Array(repeating: "Two and two.\n\nSo four.</think>\n\nThe answer is \\boxed{4}.", count: 2))
            #expect(lines.map(\.answer) == ["4", "4"])
            #expect(lines[1].steps.allSatisfy { $0.reward != nil })

            setup.thinking = "{ prm: hidden }"
            setup.methods = "[{ rsd: { weighting: constant, p: 1 } }]"
            let hidden = try await self.lines(setup, on: served)
            #expect(hidden[0].steps.map { $0.reward != nil } == [false, false, true])

            setup.thinking = "none"
            setup.methods = "[draft_only]"
            let off = try await self.lines(setup, on: served)
            #expect(off.map(\.text) == ["At once: \\boxed{7}"])
            #expect(off.map(\.answer) == ["7"])

            setup.thinking = "auto"
            setup.maxTokens = 2
            let cut = try await self.lines(setup, on: served)
            #expect(cut.map(\.verdict) == [.empty])
            #expect(cut.map(\.cut) == [true])

            // The template begins the thoughts, whatever the job says.
            setup.thinking = "{ starts: response }"
            let job = try RunnerJob(setup)
            let wrong = try await job.run(environment: ["RSD_KEY": served.key])
            #expect(wrong.code == 3 || wrong.code == 4)
            #expect(wrong.messages.contains("starts: prompt"), "\(wrong.messages)")
        }
    }

    @Test("marks that are special tokens stay in the text")
    func specialMarks() async throws {
        let scratch = try Scratch()
        let model = scratch.path("model")
        let pieces = ["<think>", "Two and two.\n\n", "So four.", "</think>", "\n\nThe answer is \\boxed{4}."]
        try ScriptedModel(pieces: pieces, special: [pieces[0], pieces[3]]).write(
            to: scratch.file("model"),
            following: ["Ċ": pieces[1], pieces[1]: pieces[2], pieces[2]: pieces[3], pieces[3]: pieces[4]],
            template: Self.template, context: 2048)
        try await ServedModel.with("draft", model) { served in
            let lines = try await lines(ThinkingModelSetup(model: model, url: served.url), on: served)
            #expect(lines.map(\.text) == ["Two and two.\n\nSo four.</think>\n\nThe answer is \\boxed{4}."])
            #expect(lines.map(\.finish) == [.eos])
            #expect(lines.map(\.answer) == ["4"])
        }
    }
}

/// A job on one server, which is draft, target and judge.
private struct ThinkingModelSetup: JobSource {
    static let limit = Duration.seconds(300)

    var model: String
    var url: String
    var methods = "[draft_only]"
    var thinking = "auto"
    var maxTokens = 64

    var untouched: ThinkingModelSetup { self }

    func records() -> String { #"{"question": "2+2?", "answer": "4"}"# }

    func yaml(scratch: URL) -> String {
        let server = #"model: "\#(model)", url: "\#(url)", key_env: RSD_KEY, served: draft"#
        return """
            name: test
            models:
              draft: { \(server) }
              target: { \(server) }
              prm: { \(server), profile: judge }
            engine: { kind: vllm, residency: attach }
            datasets:
              - { name: sums, path: problems.jsonl }
            prompt: chat
            thinking: \(thinking)
            decoding: { max_tokens: \(maxTokens), max_steps: 9 }
            methods: \(methods)
            """
    }
}
