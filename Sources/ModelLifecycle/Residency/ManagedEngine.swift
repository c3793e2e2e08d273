import Support

/// An engine of a run, started by this program or not: its client, how it starts, and how it frees memory for others.
package protocol ManagedEngine: Sendable {
    /// The engine's name in the run, such as `draft`.
    var name: String { get }

    /// A client of the current process. After a restart it must be requested again.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady``.
    var client: EngineClient { get async throws }

    /// Waits until the current process ends, and returns how it ended.
    ///
    /// - Throws: ``EngineError`` with ``EngineError/Code/notReady`` if there is no process; `CancellationError`.
    func gone() async throws -> String

    /// Starts or wakes the engine and returns once it is ready; at once if it already is.
    ///
    /// - Parameter others: engines that have a process and keep it.
    /// - Returns: starts and wakes.
    /// - Throws: errors of ``GPUMemoryGate/start(_:beside:)``.
    func load(beside others: [String]) async throws -> [EngineEvent]

    /// Frees the memory that others need.
    ///
    /// - Parameter others: engines that have a process.
    /// - Returns: whether there was memory to free.
    /// - Throws: errors of ``Engine/stop()``.
    func unload(beside others: [String]) async throws -> Bool

    /// Restarts the engine in a new process after a fault.
    ///
    /// - Throws: errors of ``load(beside:)``.
    func restart(beside others: [String]) async throws -> [EngineEvent]

    /// Stops the engine, asleep or not.
    func stop() async throws

    /// Its process; nil if this program does not start it.
    var process: Engine? { get }

    /// Whether it has a process, asleep or not.
    var isUp: Bool { get async }

    /// Whether loading it reads the checkpoint's files.
    var readsFiles: Bool { get async }

    /// Bytes that it will move to the machine's memory when it frees the GPU.
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
    /// Woken from sleep and checked.
    case woken(engine: String, TimeSpan)
    /// Stopped or put to sleep to free memory for another engine.
    case swapped
}
