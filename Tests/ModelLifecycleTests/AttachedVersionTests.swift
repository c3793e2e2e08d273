import TestServers
import Testing

@testable import ModelLifecycle

@Suite("The version of an attached server") struct AttachedVersionTests {
    private func version(_ told: String) async throws -> VLLMVersion {
        let server = try await TestServer { _ in .json(#"{"version": "\#(told)"}"#) }
        return try await AttachedEngine(
            AttachedServer(
                name: "draft", endpoint: HTTPEndpoint(base: "http://127.0.0.1:\(server.port)", key: nil), model: "/m",
                served: nil, task: .generate), patience: .zero, retry: .never
        ).version()
    }

    @Test("the version of the server is reported")
    func reported() async throws {
        #expect(try await version("0.20.2").description == "0.20.2")
        #expect(try await version("0.1.0+pocket").caution == nil)
    }

    @Test("a server that is too old is refused with a remedy")
    func tooOld() async throws {
        let error = await #expect(throws: EngineError.self) { try await version("0.9.2") }
        #expect(error?.message.contains("vLLM 0.9.2 is too old") == true)
        #expect(error?.description.contains("on the server at http://127.0.0.1:") == true)
    }
}
