@testable import Decoding
@testable import JobSpecs
import ModelLifecycle
@testable import Runner
import Synchronization
import TestServers
import Testing

/// What engines are asked where models think.
@Suite("Requests of jobs whose models think") struct ThoughtViewTests {
    private static let question = ProblemPrompt(question: "2+2?", form: .text("2+2?<think>\n"))
    private static let steps = ["Hm.\n\n", "So.</think>\n\n", "Four.\n\n", "4"]

    private func thoughts(hidden: Bool) -> Thoughts {
        Thoughts(begin: "<think>", end: "</think>", areOpen: true, areHidden: hidden)
    }

    private func passes(of profile: PRMProfile, hidden: Bool, _ wanted: Scoring) async throws -> [String] {
        let prm = ToyPRM(columns: profile == .qwenPRM ? 2 : 1)
        let model = ModelSpec(model: "/m", profile: profile, overlong: .fail)
        let scorer = try #require(
            model.scorer(thinking: .marked(MarkedThinking(begin: "<think>", end: "</think>"))))
        try await prm.withSession { session in
            let scored = try await scorer.ask(
                wanted, about: Self.question, thoughts: thoughts(hidden: hidden), of: session)
            #expect(scored.rewards.count == wanted.unscored.count)
            _ = try scored.verdicts(on: wanted)
        }
        return prm.passes
    }

    @Test("a PRM that does not see thoughts reads the question and the steps after them")
    func hidden() async throws {
        let wanted = Scoring(steps: Self.steps, unscored: [2, 3])
        #expect(try await passes(of: .tokenClassification, hidden: true, wanted) == ["<s>2+2?Four.\n\n4"])
        #expect(
            try await passes(of: .qwenPRM, hidden: true, wanted).first?
                .hasSuffix("<|im_start|>assistant\nFour.<extra_0>4<extra_0>") == true)
    }

    @Test("a PRM that sees thoughts reads all that was written")
    func shown() async throws {
        let wanted = Scoring(steps: Self.steps, unscored: [0, 1, 2, 3])
        #expect(
            try await passes(of: .tokenClassification, hidden: false, wanted)
                == ["<s>2+2?<think>\nHm.\n\nSo.</think>\n\nFour.\n\n4"])
    }

    @Test("a judge reads words for the marks, which its chat template would act on")
    func judge() async throws {
        let wanted = Scoring(steps: Array(Self.steps[..<2]), unscored: [1])
        let shown = try #require(try await passes(of: .judge, hidden: false, wanted).first)
        #expect(shown.contains("assistant\nHm.\n\nSo.(The thoughts end.)\n\n<|im_end|>"), "\(shown)")
    }

    @Test("a judge whose template begins thoughts answers after their end")
    func thinkingJudge() async throws {
        let asked = Mutex<[String]>([])
        let server = EngineDouble(
            ids: ToyTokenizer.encode, text: ToyTokenizer.decode,
            chat: { ToyTokenizer.encode(ToyTokenizer.render($0) + "<think>\n", addSpecialTokens: false) },
            complete: { request in
                asked.withLock { $0.append(ToyTokenizer.decode(request.prompt)) }
                return .init(text: "9", tokens: [0x39], finish: "length", topLogprobs: ["9": 0])
            })
        let thinking = ThinkingSpec.marked(MarkedThinking(begin: "<think>", end: "</think>"))
        try await server.withSession(contextLength: 10_000) { session in
            _ = try await Judge(overlong: .fail, thinking: thinking).ask(
                Scoring(steps: ["4"], unscored: [0]), about: Self.question, of: session)
        }
        #expect(asked.withLock { $0 }.allSatisfy { $0.hasSuffix("<|im_start|>assistant\n<think>\n\n</think>\n\n") })
        #expect(asked.withLock { $0 }.count == 1)
    }

    @Test("steps that do not fit into the PRM's context are named by their place in the response")
    func overlong() async throws {
        let prm = ToyPRM(contextLength: 14)
        let wanted = Scoring(steps: ["Hm.</think>\n\n", "Four.\n\n", "So it is."], unscored: [1, 2])
        try await prm.withSession { session in
            let scored = try await TokenClassification(overlong: .fail).ask(
                wanted, about: Self.question, thoughts: thoughts(hidden: true), of: session)
            #expect(scored.overlong == [2])
        }
    }

    @Test(
        "a chat template that does not begin thoughts as the job says stops the trajectory with the remedy",
        arguments: [true, false])
    func check(isOpen: Bool) async throws {
        let server = EngineDouble(
            ids: ToyTokenizer.encode, text: ToyTokenizer.decode,
            chat: { messages in
                ToyTokenizer.encode(
                    ToyTokenizer.render(messages) + (isOpen ? "<think>\n" : ""), addSpecialTokens: false)
            })
        let prompt = ProblemPrompt(
            question: "Is <think> a tag?", form: .chat([ChatMessage(role: "user", content: "Is <think> a tag?")]))
        try await server.withSession { session in
            var right = thoughts(hidden: false)
            right.areOpen = isOpen
            var wrong = right
            wrong.areOpen.toggle()
            await #expect(throws: PermanentFailure.self) { try await session.check(wrong, after: prompt) }
            try await session.check(right, after: prompt)
        }
    }
}
