import ModelLifecycle
import Testing

@testable import RSDJobs

@Suite struct TokenPiecesTests {
    /// Engines come and go; what one of them failed to say is asked of the next.
    @Test func failuresAreNotRemembered() async throws {
        let pieces = TokenPieces()
        await #expect(throws: EngineAnswerError.self) {
            try await pieces.pieces(of: [1, 2, 3], from: Self.nobody(port: 1))
        }
        for id in 1...3 {
            let error = await #expect(throws: EngineAnswerError.self) {
                try await pieces.pieces(of: [id], from: Self.nobody(port: 2))
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
