@testable import Decoding
@testable import RunStore
@testable import Runner
import Synchronization
import TestServers
import Testing

/// Which form of the prompt a token classifier gets to see.
@Suite("The prompt of a token classifier") struct InferenceClientTests {
    /// The fixture's job with this prompt and PRM; one problem, of which one step is drafted; what the PRM is then asked.
    private func asked(_ prompt: String, prmHasTemplate: Bool) async throws -> [String] {
        let fixture = try SpecFixture()
        for role in ["draft", "target"] + (prmHasTemplate ? ["prm"] : []) {
            try fixture.write("{{ messages }}", to: "models/\(role)/chat_template.jinja")
        }
        try fixture.writeJob(("kind: pocket", "kind: vllm"), (#""{question}\n\n""#, prompt))
        let job = try fixture.load()
        var trajectory = try #require(TrajectorySet(job).first { $0.needs.first?.role == .draft })
        let step = StepText(text: "Two.", tokens: 2)
        try trajectory.apply(.generated(Generated(role: .draft, steps: [step], end: .eos, promptTokens: 1)))

        let asked = Mutex<[String]>([])
        let server = EngineDouble(
            ids: { text, _ in
                asked.withLock { $0.append(text) }
                return text.unicodeScalars.map { Int($0.value) }
            },
            text: { String(String.UnicodeScalarView($0.compactMap(UnicodeScalar.init))) },
            chat: { messages in
                asked.withLock { $0.append(messages.map { "<\($0.role)>\($0.content)" }.joined()) }
                return [1, 2, 3]
            },
            pool: { try .scores($0.map { [$0 == 46 ? 0.75 : 0] }) })
        let scoring = InferenceRequest(trajectory.needs[0], of: trajectory.id, in: RequestScope(job))
        try await server.withSession { session async throws in
            let event = try await InferenceClient(job: job).answer(scoring, from: session).event
            guard case .scored(let scored) = event else {
                Issue.record("\(event)")
                return
            }
            #expect(scored.rewards == [0.75])
        }
        return asked.withLock { $0 }
    }

    @Test("a classifier with a template gets the chat")
    func withTemplate() async throws {
        let asked = try await asked(#"{ chat: { system: "Think.", user: "{question}" } }"#, prmHasTemplate: true)
        #expect(asked.first == "<system>Think.<user>1+1?")
        #expect(asked.last == "Two.")
    }

    @Test("a classifier without a template gets the default prompt")
    func withoutTemplate() async throws {
        let asked = try await asked(#"{ chat: { system: "Think.", user: "{question}" } }"#, prmHasTemplate: false)
        #expect(asked.first == "1+1?\n\nA")
        #expect(asked.last == "Two.")
    }

    @Test("a text prompt is the same for all")
    func text() async throws {
        let asked = try await asked(#""Q: {question}\n""#, prmHasTemplate: true)
        #expect(asked.first == "Q: 1+1?\n")
        #expect(asked.last == "Two.")
    }
}
