@testable import RSDJobs
@testable import Decoding
import Foundation
@testable import Graders
@testable import JobSpecs
import ModelLifecycle
@testable import RunStore
@testable import Runner
@testable import Support
import Synchronization

/// Engines of a run that are none: they answer as a ``FakeCrew`` does, and count what they are asked.
final class FakeSite: EngineSite, EngineRoom {
    let groups: [[EngineID]]
    let reason: String? = nil
    let requests: RequestsInFlight
    let energy: EnergyMeter? = nil
    private let crew: FakeCrew?
    private let loadSeconds: Double
    private let count = Mutex(0)
    private let hints = Mutex<[[EngineID]]>([])

    var asked: Int { count.withLock { $0 } }
    /// The groups that were said to come next, one for each phase.
    var expected: [[EngineID]] { hints.withLock { $0 } }

    /// - Parameters:
    ///   - crew: of every group; nil answers everything.
    ///   - loadSeconds: what a group says that it took to come up.
    init(
        groups: [[EngineID]] = [["draft"], ["prm"], ["target"]], requests: RequestsInFlight = .sample,
        crew: FakeCrew? = nil, loadSeconds: Double = 2
    ) {
        self.groups = groups
        self.requests = requests
        self.crew = crew
        self.loadSeconds = loadSeconds
    }

    func version() -> String { "fake" }
    func sweep() -> Int { 0 }
    func open() -> any EngineRoom { self }
    func leave() {}
    func expect(_ group: [EngineID]) { hints.withLock { $0.append(group) } }

    func enter(_ group: [EngineID], note: @escaping EngineNoteTaker) async throws -> any Crew {
        let start = EngineStart(.cold, TimeSpan(begin: 1_795_000_000, seconds: loadSeconds))
        try await note(.loaded(engine: group[0].name, start))
        return crew
            ?? FakeCrew { [self] _, _, _ in
                count.withLock { $0 += 1 }
                return .answer
            }
    }
}

extension JobRun<RunOutcome> {
    /// A run whose engines are ``FakeSite``'s.
    init(_ job: LoadedJob, in directory: RunDirectory, on site: FakeSite, interruption: Interruption = Interruption()) {
        self.init(
            job: job, directory: directory, makeSite: { site }, grader: ExactGrader(), graderID: ExactGrader.id,
            interruption: interruption, retryFailed: false, observe: { _ in })
    }
}
