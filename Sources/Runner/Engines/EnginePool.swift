import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// A run's engines: which of them are up together, how they start, and how they answer.
package protocol EnginePool: Sendable {
    /// Groups of engines that are up together, in the order of a wave.
    var groups: [[EngineID]] { get }
    /// Why these groups, if the program chose them.
    var reason: String? { get }
    /// Requests to keep in flight to each engine.
    var requests: RequestsInFlight { get }
    /// Engines that are up and awake before the first is started.
    var ready: Set<EngineID> { get }
    /// Measures the engines' energy; nil if that is not possible.
    var energy: EnergyMeter? { get }

    /// Makes a group the resident one, and returns once all its engines are ready.
    ///
    /// - Returns: loads, wakes and swaps.
    func activate(_ group: [EngineID]) async throws -> [EngineEvent]

    /// Whether engines sleep while others work.
    var sleeps: Bool { get }
    /// How engines of all groups could be up together; nil if they could not.
    var tail: TailPlan? { get }
    /// Requests that may be in flight to all engines together.
    var mostRequests: Int { get }

    /// Sets engines of several groups up so that they can be resident together, and makes them so. The next activation of a group
    /// sets them up as before.
    ///
    /// - Returns: loads and swaps.
    /// - Throws: ``ResidencyImpossible`` if it is not possible.
    func unite(_ engines: [EngineID]) async throws -> [EngineEvent]

    /// Prepares the next group, if known, while the resident one works; an empty group stands for none.
    func expect(_ group: [EngineID]) async

    /// Sends a request to an engine of the resident group.
    ///
    /// - Parameter progress: takes the steps as they are written; nil to wait for the end.
    /// - Throws: ``EngineGone`` if the engine has ended; ``PermanentFailure`` if retrying cannot help; any other error for a
    ///   failed attempt.
    func answer(_ request: InferenceRequest, _ progress: AnswerProgress?) async throws -> Answer

    /// Returns once an engine of the resident group has died or makes no progress, or the task is cancelled.
    func trouble() async -> EngineTrouble?

    /// What the engines of the resident group with open requests report.
    func loads() async -> [EngineID: EngineMetrics]

    /// Tokens that an engine's speculator has proposed since the last call, and how many of them were accepted; nil without a
    /// speculator.
    func speculation() async -> RunFigures.Speculation?

    /// Restarts one engine of the resident group in a new process.
    func restart(_ engine: EngineID) async throws -> [EngineEvent]

    /// The work is done: stops every engine that no later job of the same command needs.
    func leave() async throws

    /// Stops every engine.
    func stop() async throws
}

extension EnginePool {
    package var ready: Set<EngineID> { [] }
    package var sleeps: Bool { false }
    package var tail: TailPlan? { nil }
    package var mostRequests: Int { .max }
    package func unite(_ engines: [EngineID]) async throws -> [EngineEvent] {
        throw ResidencyImpossible("these engines cannot be up together")
    }
    package func expect(_ group: [EngineID]) async {}
    package func loads() async -> [EngineID: EngineMetrics] { [:] }
    package func leave() async throws { try await stop() }
    package func speculation() async -> RunFigures.Speculation? { nil }
}
