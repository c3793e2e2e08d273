import Testing

@testable import ModelLifecycle

@Suite("The version of a server that somebody else runs") struct AttachedVersionTests {
    private func versions(_ told: String) async throws -> [String: VLLMVersion] {
        let server = try await FoxServer { _ in .json(#"{"version": "\#(told)"}"#) }
        return try await AttachResidency(
            servers: ["draft", "prm"].map {
                AttachedServer(
                    name: $0, endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(server.port)", key: nil), model: "/m",
                    served: nil, task: .generate)
            }, patience: .zero, retry: .never
        ).versions()
    }

    @Test func isToldOfEachServer() async throws {
        #expect(try await versions("0.20.2").mapValues(\.description) == ["draft": "0.20.2", "prm": "0.20.2"])
        #expect(try await versions("0.1.0+pocket").values.compactMap(\.caution).isEmpty)
    }

    @Test func onesThatAreTooOldAreRefusedWithWhatToDo() async throws {
        let error = await #expect(throws: EngineError.self) { try await versions("0.9.2") }
        #expect(error?.message.contains("vLLM 0.9.2 is too old") == true)
        #expect(error?.message.contains("Start the server at http://127.0.0.1:") == true)
    }
}
