import Support

/// An engine of a run, whoever started it: how to reach it, how it comes up, and how it makes room for others.
package protocol ManagedEngine: Sendable {
    /// The engine's name in the run, such as `draft`.
    var name: String { get }

    /// A client of the present process. The next process needs another: ask again after a restart.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady``.
    var client: EngineClient { get async throws }

    /// Returns how the present process ended, once it has.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady`` where there never was one; `CancellationError`.
    func gone() async throws -> String

    /// Returns once the engine is ready; at once where it is.
    ///
    /// - Parameter others: engines that have a process, and keep it.
    /// - Returns: starts and wakings.
    /// - Throws: what ``GPUMemoryGate/start(_:beside:)`` throws.
    func load(beside others: [String]) async throws -> [EngineEvent]

    /// Frees the memory that others need.
    ///
    /// - Parameter others: engines that have a process.
    /// - Returns: whether there was something to free.
    /// - Throws: what ``Engine/stop()`` throws.
    func unload(beside others: [String]) async throws -> Bool

    /// Brings the engine up in a new process, after it died or went wrong.
    ///
    /// - Throws: what ``load(beside:)`` throws.
    func restart(beside others: [String]) async throws -> [EngineEvent]

    /// Leaves nothing of it up.
    func stop() async throws

    /// Its process, where this program starts it.
    var process: Engine? { get }

    /// Whether it has a process, be it asleep.
    var isUp: Bool { get async }

    /// Whether loading it reads the checkpoint's files.
    var readsFiles: Bool { get async }

    /// Bytes that it will put into the machine's memory when it makes room on the GPU.
    var departureBytes: Int { get async }
}

/// For engines that this program neither starts nor stops.
extension ManagedEngine {
    package func load(beside others: [String]) async throws -> [EngineEvent] { [] }
    package func unload(beside others: [String]) async throws -> Bool { false }
    package func restart(beside others: [String]) async throws -> [EngineEvent] { [] }
    package func stop() async throws {}
    package var process: Engine? { nil }
    package var isUp: Bool { get async { true } }
    package var readsFiles: Bool { get async { false } }
    package var departureBytes: Int { get async { 0 } }
}

/// What happened to an engine.
package enum EngineEvent: Sendable, Equatable {
    case loaded(engine: String, EngineStart)
    /// From asleep to awake and well.
    case woken(engine: String, TimeSpan)
    /// An engine was stopped or put to sleep to make room for another.
    case swapped
}
