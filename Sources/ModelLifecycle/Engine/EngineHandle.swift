/// An engine as those see it who ask it, whoever runs it.
public protocol EngineHandle: Sendable {
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
    public nonisolated var name: String { configuration.name }

    public func gone() async throws -> String { "\(try await died())" }
}
