import ModelLifecycle
@testable import Runner
@testable import Support
import Testing

@Suite("Texts of tokens", .timeLimit(.minutes(5))) struct TokenPiecesTests {
    /// An engine that never answers is found out by others; the wait for it ends when they say so.
    @Test("a wait that is cancelled ends")
    func cancelled() async throws {
        let once = OnceOnly<Int, String>()
        let isAsked = Latch<Void>()
        let first = Task {
            try await once.answer(to: 1) {
                isAsked.set(())
                return try await Latch<String>().wait()
            }
        }
        try await isAsked.wait()
        // Waits for the first one's answer, and must ask by itself when there is none.
        let second = Task { try await once.answer(to: 1) { "asked again" } }
        let third = Task { try await once.answer(to: 1) { try await Latch<String>().wait() } }
        third.cancel()
        await #expect(throws: CancellationError.self) { try await third.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        #expect(try await second.value == "asked again")
    }

    /// Engines come and go; what one of them failed to say is asked of the next.
    @Test("failures are not remembered")
    func failures() async throws {
        let reader = TokenReader()
        await #expect(throws: EngineAnswerError.self) {
            try await reader.pieces(of: [1, 2, 3], from: Self.nobody(port: 1))
        }
        for id in 1...3 {
            let error = await #expect(throws: EngineAnswerError.self) {
                try await reader.pieces(of: [id], from: Self.nobody(port: 2))
            }
            #expect("\(error, default: "nothing")".contains("127.0.0.1:2"), "of id \(id)")
        }
    }

    /// Where nobody listens: ports below 1024 are given out to nobody by chance.
    private static func nobody(port: Int) -> EngineClient {
        EngineClient(
            endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(port)", key: nil), model: "draft", http: HTTPClient(),
            retry: .never)
    }
}
