import Foundation
import ModelLifecycle
import Synchronization
import Testing

@testable import Decoding
@testable import Graders
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// What a run writes down of its engines; that it comes to its results is for `EndToEndTests`.
@Suite struct JobRunTests {
    /// Engines that come up at known times, on a GPU whose counter only they and the work on them move.
    private final class Room: EngineRoom, EngineSite, GPUMemory {
        let groups: [[EngineID]] = [["draft"], ["prm"], ["target"]]
        let reason: String? = nil
        let requests = RequestsInFlight.sample
        let isMeasured: Bool
        private let joules = Mutex(1000.0)

        init(isMeasured: Bool) { self.isMeasured = isMeasured }

        var energy: EnergyMeter? { isMeasured ? EnergyMeter(self, of: devices()) : nil }

        func devices() -> [GPUDevice] {
            [GPUDevice(index: 0, name: "Fake", uuid: "GPU-f", total: 8, free: 8, joules: joules.withLock { $0 })]
        }

        func enter(_ group: [EngineID], note: @escaping EngineNoteTaker) async throws -> any Crew {
            joules.withLock { $0 += 30 }
            if group == ["target"] {
                try await note(.woken(engine: "target", TimeSpan(begin: 1_795_000_100, seconds: 0.5)))
            } else {
                try await note(
                    .loaded(engine: group[0].name, EngineStart(.cold, TimeSpan(begin: 1_795_000_000, seconds: 2))))
            }
            return FakeCrew { [self] _, _, _ in
                joules.withLock { $0 += 1 }
                return .answer
            }
        }

        func leave() {}
        func version() -> String { "fake" }
        func sweep() -> Int { 0 }
        func open() -> any EngineRoom { self }
    }

    private func records(of room: Room) async throws -> [JournalRecord] {
        let fixture = try SpecFixture()
        let directory = RunDirectory(URL(filePath: fixture.path("run")))
        let run = JobRun(
            job: try fixture.load(), directory: directory, makeSite: { room }, grader: ExactGrader(),
            graderID: ExactGrader.id, interruption: Interruption(), retryFailed: false, observe: { _ in })
        _ = try await run.run()
        return try JournalReader.read(directory.journal).records
    }

    @Test("a phase is journalled with its energy, and each load and waking with its moment")
    func measured() async throws {
        let records = try await records(of: Room(isMeasured: true))
        let energies = records.compactMap { record -> PhaseEnergy? in
            guard case .phase(_, _, _, let joules) = record else { return nil }
            return joules
        }
        // The draft and the PRM are asked for three problems, and so is the target, which works alone.
        #expect(energies == Array(repeating: PhaseEnergy(entering: 30, working: 3), count: 3))
        #expect(records.contains(.load(EngineLoad("draft", seconds: 2, begin: 1_795_000_000))))
        #expect(records.contains(.wake(engine: "target", seconds: 0.5, begin: 1_795_000_100)))
    }

    @Test("in each phase the room is told which group comes next")
    func expects() async throws {
        let fixture = try SpecFixture()
        let site = FakeSite()
        _ = try await JobRun(try fixture.load(), in: RunDirectory(URL(filePath: fixture.path("run"))), on: site).run()
        #expect(site.expected == [["prm"], ["target"], []])
    }

    @Test("where nothing can be measured, nothing is said of energy")
    func unmeasured() async throws {
        let records = try await records(of: Room(isMeasured: false))
        #expect(records.contains { if case .phase = $0 { true } else { false } })
        for case .phase(_, _, _, let joules?) in records { Issue.record("\(joules)") }
    }
}
