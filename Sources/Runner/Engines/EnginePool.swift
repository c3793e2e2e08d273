import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// A run's engines: which may be up together, how to bring them up, and how to ask them.
package protocol EnginePool: Sendable {
    /// Groups of engines that may be up together, in the order in which a wave visits them.
    var groups: [[EngineID]] { get }
    /// Why these groups, where the program chose them.
    var reason: String? { get }
    /// How many requests each engine is kept busy with.
    var requests: RequestsInFlight { get }
    /// Measures what the engines use; nil where that is not possible.
    var energy: EnergyMeter? { get }

    /// Makes a group the resident one, and returns once all of it is ready.
    ///
    /// - Returns: loads, wakings and swaps.
    func activate(_ group: [EngineID]) async throws -> [EngineEvent]

    /// Readies the group that comes next, as far as it is known, while the resident one works; an empty one is none.
    func expect(_ group: [EngineID]) async

    /// Puts a request to an engine of the resident group.
    ///
    /// - Throws: ``EngineGone`` where the engine is no longer there, ``PermanentFailure`` where another attempt is of no use,
    ///   anything else for an attempt that failed.
    func answer(_ request: InferenceRequest) async throws -> Answer

    /// Returns when an engine of the resident group has died or makes no progress, or when the task is cancelled.
    func trouble() async -> EngineTrouble?

    /// Tokens that the speculator of an engine proposed since the last call, and those of them that were accepted; nil
    /// without a speculator.
    func speculation() async -> RunFigures.Speculation?

    /// Brings one engine of the resident group up in a new process.
    func restart(_ engine: EngineID) async throws -> [EngineEvent]

    /// Stops every engine.
    func stop() async throws
}

extension EnginePool {
    package func expect(_ group: [EngineID]) async {}
    package func speculation() async -> RunFigures.Speculation? { nil }
}
