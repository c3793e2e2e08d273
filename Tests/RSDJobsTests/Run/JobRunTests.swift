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
@Suite("A run's journal") struct JobRunTests {
    /// A counter that only loads and requests move.
    private final class EnergyCounter: GPUMemory {
        private let joules = Mutex(1000.0)

        func add(_ more: Double) { joules.withLock { $0 += more } }

        func devices() -> [GPUDevice] {
            [GPUDevice(index: 0, name: "Fake", uuid: "GPU-f", total: 8, free: 8, joules: joules.withLock { $0 })]
        }
    }

    /// Of a run whose engines come up at known times.
    private func records(isMeasured: Bool) async throws -> [JournalRecord] {
        let fixture = try SpecFixture()
        try fixture.distinguishTarget()
        let directory = RunDirectory(URL(filePath: fixture.path("run")))
        let counter = EnergyCounter()
        let engines = FakeEngines { _, _, _ in
            counter.add(1)
            return .answer
        }
        let pool = FakePool(
            engines: engines, energy: isMeasured ? EnergyMeter(counter, of: counter.devices()) : nil
        ) { group in
            counter.add(30)
            return group == ["target"]
                ? [.woken(engine: "target", TimeSpan(begin: 1_795_000_100, seconds: 0.5))]
                : [FakePool.loaded(group[0], seconds: 2)]
        }
        _ = try await JobRun(try fixture.load(), in: directory, on: pool).run()
        return try JournalReader.read(directory.journal).records
    }

    @Test("a phase is journalled with its energy, and each load and waking with its moment")
    func measured() async throws {
        let records = try await records(isMeasured: true)
        let energies = records.compactMap { record -> PhaseEnergy? in
            guard case .phase(_, _, _, let joules) = record else { return nil }
            return joules
        }
        // The draft and the PRM are asked for three problems, and so is the target, which works alone.
        #expect(energies == Array(repeating: PhaseEnergy(entering: 30, working: 3), count: 3))
        #expect(records.contains(.load(EngineLoad("draft", seconds: 2, begin: 1_795_000_000))))
        #expect(records.contains(.wake(engine: "target", seconds: 0.5, begin: 1_795_000_100)))
    }

    @Test("in each phase the pool learns which group comes next")
    func expects() async throws {
        let fixture = try SpecFixture()
        try fixture.distinguishTarget()
        let pool = FakePool()
        _ = try await JobRun(try fixture.load(), in: RunDirectory(URL(filePath: fixture.path("run"))), on: pool).run()
        #expect(pool.expected == [["prm"], ["target"], []])
    }

    @Test("where nothing can be measured, nothing is said of energy")
    func unmeasured() async throws {
        let records = try await records(isMeasured: false)
        #expect(records.contains { if case .phase = $0 { true } else { false } })
        for case .phase(_, _, _, let joules?) in records { Issue.record("\(joules)") }
    }
}
