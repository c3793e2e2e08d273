import Foundation
import ModelLifecycle
import Synchronization

@testable import Decoding
@testable import Graders
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// Engines of a run that have no processes: they answer as ``FakeEngines`` do.
final class FakePool: EngineProvider, EnginePool {
    let groups: [[EngineID]]
    let reason: String? = nil
    let requests: RequestsInFlight
    let energy: EnergyMeter?
    private let engines: FakeEngines
    private let activated: @Sendable ([EngineID]) -> [EngineEvent]
    private let hints = Mutex<[[EngineID]]>([])

    /// How many requests were answered.
    var asked: Int { engines.asked.count }
    /// The groups that were expected next, one for each phase.
    var expected: [[EngineID]] { hints.withLock { $0 } }

    /// - Parameter activated: what happens when a group is activated.
    init(
        groups: [[EngineID]] = [["draft"], ["prm"], ["target"]], requests: RequestsInFlight = .sample,
        engines: FakeEngines = FakeEngines(), energy: EnergyMeter? = nil,
        activated: @escaping @Sendable ([EngineID]) -> [EngineEvent] = { [FakePool.loaded($0[0], seconds: 2)] }
    ) {
        self.groups = groups
        self.requests = requests
        self.engines = engines
        self.energy = energy
        self.activated = activated
    }

    static func loaded(_ engine: EngineID, seconds: Double) -> EngineEvent {
        .loaded(engine: engine.name, EngineStart(.cold, TimeSpan(begin: 1_795_000_000, seconds: seconds)))
    }

    func version() -> String { "fake" }
    func sweep() -> Int { 0 }
    func open() -> any EnginePool { self }

    func activate(_ group: [EngineID]) -> [EngineEvent] { activated(group) }
    func expect(_ group: [EngineID]) { hints.withLock { $0.append(group) } }
    func answer(_ request: InferenceRequest, _ progress: AnswerProgress? = nil) async throws -> Answer {
        try await engines.answer(request)
    }
    func trouble() async -> EngineTrouble? { await engines.trouble() }

    func restart(_ engine: EngineID) async throws -> [EngineEvent] {
        try await engines.restart(engine)
        return []
    }

    func stop() {}
}

extension JobRun<RunOutcome> {
    /// A run whose engines are a ``FakePool``'s.
    init(_ job: LoadedJob, in directory: RunDirectory, on pool: FakePool, interruption: Interruption = Interruption()) {
        self.init(
            job: job, directory: directory, makeProvider: { pool }, grader: ExactGrader(), graderID: ExactGrader.id,
            interruption: interruption, retryFailed: false, observe: { _ in })
    }
}
