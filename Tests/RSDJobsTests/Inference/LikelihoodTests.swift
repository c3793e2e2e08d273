import Foundation
import Synchronization
import TestServers
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner

/// The tokens of each text are its bytes; 1 begins a text, and `<end>` is 2.
@Suite("How likely a model finds a text") struct LikelihoodTests {
    private let generator: Generator

    init() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob()
        generator = Generator(decoding: try fixture.load().spec.decoding)
    }

    private static let prompt = ProblemPrompt(question: "Q", form: .text("Q: "))

    private func engine(_ asked: @escaping @Sendable (EngineDouble.CompletionRequest) -> Void = { _ in })
        -> EngineDouble
    {
        var engine = EngineDouble(
            ids: { text, special in
                (special ? [1] : []) + (text == "<end>" ? [2] : text.utf8.map { Int($0) })
            },
            text: { String(decoding: $0.map { UInt8($0) }, as: UTF8.self) })
        engine.complete = { request in
            asked(request)
            // Each token is as likely as its number says.
            return .init(
                text: "x", tokens: [120], finish: "length",
                promptLogprobs: request.prompt.dropFirst().map { -Double($0) })
        }
        return engine
    }

    private func logprobs(_ text: String) -> [Float] { text.utf8.map { -Float($0) } }

    @Test("each step that is asked about has its own tokens, read in one pass after all before them")
    func steps() async throws {
        let prompts = Mutex<[[Int]]>([])
        try await engine { request in prompts.withLock { $0.append(request.prompt) } }.withSession {
            session async throws in
            let wanted = LikelihoodRequest(
                role: .target, steps: ["one\n\n", "two\n\n", "three"], first: 1, isEnded: false, candidate: 3)
            let found = try await session.likelihood(wanted, after: Self.prompt, endToken: "<end>")
            #expect(found.steps.map(\.logprobs) == [logprobs("two\n\n"), logprobs("three")])
            #expect(found.role == .target && found.candidate == 3)
            let read = [1] + "Q: one\n\ntwo\n\nthree".utf8.map { Int($0) }
            #expect(prompts.withLock { $0 } == [read])
            #expect(found.promptTokens == read.count)
        }
    }

    @Test("the token that ends the response is read with its last step, if it is known")
    func end() async throws {
        try await engine().withSession { session async throws in
            var wanted = LikelihoodRequest(role: .draft, steps: ["one\n\n", ""], first: 1, isEnded: true)
            #expect(
                try await session.likelihood(wanted, after: Self.prompt, endToken: "<end>").steps.map(\.logprobs) == [
                    [-2]
                ])
            #expect(try await session.likelihood(wanted, after: Self.prompt).steps.map(\.logprobs) == [[]])
            // Several tokens end nothing.
            wanted.steps = ["one\n\n", "so"]
            #expect(
                try await session.likelihood(wanted, after: Self.prompt, endToken: "<e>").steps.map(\.logprobs)
                    == [logprobs("so")])
        }
    }

    @Test("what does not fit into the context is a failure that says so")
    func tooLong() async throws {
        try await engine().withSession(contextLength: 8) { session async throws in
            let wanted = LikelihoodRequest(role: .target, steps: ["1234"], first: 0, isEnded: false)
            let error = await #expect(throws: PermanentFailure.self) {
                try await session.likelihood(wanted, after: Self.prompt)
            }
            #expect(error?.reason.contains("too long for the target") == true)
            let shorter = LikelihoodRequest(role: .target, steps: ["123"], first: 0, isEnded: false)
            #expect(try await session.likelihood(shorter, after: Self.prompt).promptTokens == 7)
        }
    }

    @Test("written steps come with the likelihoods of their tokens, that of the end in the last")
    func written() async throws {
        var engine = engine()
        engine.complete = { request in
            let tokens = "a\n\nb".utf8.map { Int($0) } + [0]
            return .init(
                text: "a\n\nb", tokens: tokens,
                likeliest: request.logprobs.map { _ in
                    tokens.map { ("token_id:\($0)", ["token_id:\($0)": -Double($0) / 64 - 0.5, "token_id:300": -2]) }
                })
        }
        try await engine.withSession { session async throws in
            func steps(_ detail: Detail) async throws -> [StepText] {
                try await generator.ask(
                    Generation(role: .draft, steps: [], stopsAtDelimiter: false, maxTokens: 40, detail: detail),
                    prompt: Self.prompt, seed: 1, of: session
                ).steps
            }
            #expect(try await steps(.text).map(\.likelihoods) == [nil, nil])
            let plain = try await steps(.logprobs)
            #expect(plain.map(\.tokens) == [3, 2])
            let expected: [[Float]] = [[97, 10, 10], [98, 0]].map { $0.map { -$0 / 64 - 0.5 } }
            #expect(plain.map { $0.likelihoods?.logprobs ?? [] } == expected)
            #expect(plain.allSatisfy { $0.likelihoods?.entropies == nil })
            let last = try #require(try await steps(.spread).last?.likelihoods)
            let (p, q) = (exp(-0.5), exp(-2.0))
            #expect(last.margins?.last == Float(p - q))
            let (a, b) = (p / (p + q), q / (p + q))
            #expect(abs(Double(last.entropies?.last ?? 0) + a * log(a) + b * log(b)) < 1e-6)
        }
    }
}
