import Foundation

/// vLLM's sleep mode. The endpoints exist only on engines started with it (``EngineConfiguration/sleeps``), and they do
/// not check the API key.
extension EngineClient {
    /// The parts of an engine that can be woken separately.
    package enum SleepTag: String, Sendable {
        case weights
        case cache = "kv_cache"
    }

    /// `POST /sleep`: releases the GPU's memory.
    ///
    /// Nothing may be in flight: a request to a sleeping engine waits until it is woken.
    ///
    /// Closes the engine's connections, each of which takes up an open file.
    ///
    /// - Parameter level: 1 keeps the weights in the machine's memory, 2 discards them.
    package func sleep(level: Int) async throws {
        try await command("/sleep?level=\(level)")
        await http.closeIdleConnections()
    }

    /// `POST /wake_up`
    ///
    /// - Parameter tag: the part to wake; nil wakes everything.
    package func wakeUp(_ tag: SleepTag? = nil) async throws {
        try await command("/wake_up" + (tag.map { "?tags=\($0.rawValue)" } ?? ""))
    }

    /// `GET /is_sleeping`
    package func isSleeping() async throws -> Bool {
        struct Answer: Decodable { var is_sleeping: Bool }
        let answer: Answer = try await look(at: "/is_sleeping")
        return answer.is_sleeping
    }

    /// `POST /collective_rpc` with `reload_weights`: loads the weights that a sleep of level 2 discarded. Without it, a
    /// woken vLLM responds with `!!!!` and no warning.
    package func reloadWeights() async throws {
        try await command("/collective_rpc", body: Data(#"{"method":"reload_weights"}"#.utf8))
    }

    /// `POST /reset_prefix_cache`
    package func resetPrefixCache() async throws {
        try await command("/reset_prefix_cache")
    }

    private func command(_ path: String, body: Data? = nil) async throws {
        _ = try await fetch(request(.post, path, body: body, .command), path: path)
    }
}
