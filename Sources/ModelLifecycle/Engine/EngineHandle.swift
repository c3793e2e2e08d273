/// An engine as those see it who ask it, whoever runs it.
package protocol EngineHandle: Sendable {
    /// The engine's part in the run, such as `draft`.
    var name: String { get }

    /// For questions to the present process. It is of no use to the next one: ask again after a restart.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady``.
    var client: EngineClient { get async throws }

    /// Returns when the engine that is up now is gone, and says how it went.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady`` when there never was one; `CancellationError`.
    func gone() async throws -> String
}

extension Engine: EngineHandle {
    package nonisolated var name: String { configuration.name }

    package func gone() async throws -> String { "\(try await died())" }
}
