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

/// Engines of a run that are none: they answer as ``FakeCrew`` does, and count what they are asked.
final class FakeSite: EngineSite, EngineRoom {
    let groups: [[Role]] = [[.draft], [.prm], [.target]]
    let reason: String? = nil
    let requests = RequestsInFlight.sample
    let energy: EnergyMeter? = nil
    private let count = Mutex(0)
    private let hints = Mutex<[[Role]]>([])

    var asked: Int { count.withLock { $0 } }
    /// The groups that were said to come next, one for each phase.
    var expected: [[Role]] { hints.withLock { $0 } }

    func version() -> String { "fake" }
    func sweep() -> Int { 0 }
    func open() -> any EngineRoom { self }
    func leave() {}
    func expect(_ group: [Role]) { hints.withLock { $0.append(group) } }

    func enter(_ group: [Role], note: @escaping EngineNoteTaker) async throws -> any Crew {
        try await note(
            .loaded(engine: group[0].rawValue, EngineStart(.cold, TimeSpan(begin: 1_795_000_000, seconds: 2))))
        return FakeCrew { [self] _, _, _ in
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
