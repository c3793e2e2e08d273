import Decoding
import ModelLifecycle
import TestServers

@testable import Runner

extension EngineDouble {
    /// Serves while the body runs, with a session on it.
    @discardableResult
    func withSession<Value>(
        contextLength: Int = 100, _ body: (ModelSession) async throws -> Value
    ) async throws -> Value {
        let server = try await TestServer(respond)
        let http = HTTPClient()
        let client = EngineClient(endpoint: HTTPEndpoint(base: server.base), model: "m", http: http, retry: .never)
        let session = ModelSession(
            client: client, contextLength: contextLength, reader: TokenReader(),
            splitter: StepSplitter(delimiter: "\n\n"))
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(session)) } catch { outcome = .failure(error) }
        await http.shutdown()
        await server.stop()
        return try outcome.get()
    }
}
