import Foundation
import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Swapping", .timeLimit(.minutes(1)))
struct ResidencyTests {
    private let benches: [EngineBench]
    private let engines: [Engine]

    /// Three engines with one ledger.
    init() async throws {
        let scratch = try Scratch()
        let ledger = try EngineLedger(path: scratch.path("engines.jsonl"))
        var benches: [EngineBench] = []
        for name in ["draft", "prm", "target"] {
            benches.append(try await EngineBench(name, scratch: scratch, ledger: ledger))
        }
        self.benches = benches
        engines = benches.map { $0.engine() }
    }

    private func up(_ engines: [Engine]) async -> [String] {
        var names: [String] = []
        for engine in engines where await engine.state == .ready { names.append(engine.configuration.name) }
        return names
    }

    @Test("one engine is up at a time")
    func oneAtATime() async throws {
        let residency = try Residency(engines: engines)
        #expect(residency.groups == [["draft"], ["prm"], ["target"]])
        var all: [EngineEvent] = []
        for _ in 0..<2 {
            for group in residency.groups {
                let (active, events) = try await residency.activate(group)
                all += events
                #expect(active.keys.sorted() == group)
                #expect(await up(engines) == group)
                #expect(try await residency.activate(group).events == [])
            }
        }
        #expect(all.count { $0 == .swapped } == 5)
        for name in ["draft", "prm", "target"] { #expect(all.count { $0.loads(name) } == 2) }
        try await residency.deactivate()
        #expect(await up(engines).isEmpty)
    }

    @Test("a group may hold several engines")
    func group() async throws {
        let residency = try Residency(engines: engines, groups: [["draft", "prm"], ["target"]])
        let active = try await residency.activate(["draft", "prm"]).engines
        #expect(active.keys.sorted() == ["draft", "prm"])
        #expect(await up(engines) == ["draft", "prm"])
        _ = try await residency.activate(["target"])
        #expect(await up(engines) == ["target"])
        try await residency.deactivate()
    }

    @Test("set up otherwise, an engine with the same settings keeps its process, and all others end")
    func handsOver() async throws {
        let residency = try Residency(engines: engines, groups: [["draft", "prm"], ["target"]])
        _ = try await residency.activate(["draft", "prm"])
        let pid = await engines[0].processID
        let others = benches.map { bench in
            var bench = bench
            if bench.configuration.name == "prm" { bench.configuration.gpuShare = 0.2 }
            return bench.engine()
        }
        let next = try Residency(engines: others, groups: [["draft", "prm", "target"]])
        #expect(try await residency.handOver(to: next) == [.swapped])
        #expect(await up(engines).isEmpty)
        #expect(await up(others) == ["draft"])
        #expect(await others[0].processID == pid)
        let events = try await next.activate(["draft", "prm", "target"]).events
        #expect(events.count == 2)
        #expect(await up(others) == ["draft", "prm", "target"])
        // And back.
        #expect(try await next.handOver(to: residency) == [.swapped])
        #expect(await up(engines) == ["draft", "target"])
        #expect(try await residency.activate(["target"]).events == [.swapped])
        #expect(await up(engines) == ["target"])
        try await residency.deactivate()
        #expect(await up(engines + others).isEmpty)
    }

    @Test("the weights of engines that will start are read ahead, and of no others")
    func readsAhead() async throws {
        let engines = benches.map { bench in
            var bench = bench
            bench.configuration.weights = [WeightFile(path: "/\(bench.configuration.name)", size: 1)]
            return bench.engine()
        }
        let readAhead = ReadAhead { nil }
        let residency = try Residency(
            engines: engines, groups: [["draft", "prm"], ["target"]], readAhead: readAhead)
        _ = try await residency.activate(["draft", "prm"])
        #expect(readAhead.files == ["/draft", "/prm"])
        await residency.expect(["target"])
        #expect(readAhead.files == ["/target"])
        await residency.expect(["draft", "prm"])
        #expect(readAhead.files == [])
        try await engines[1].stop()
        _ = try await residency.activate(["draft", "prm"])
        #expect(readAhead.files == ["/prm"])
        await residency.expect(["target"])
        try await residency.deactivate()
        #expect(readAhead.files == [])
    }

    /// Engines that can be held, and memory for that.
    private func standingBy(_ memory: GPUMemoryGate = .withoutGPU(), free: Int = .gibibytes(8)) throws -> (
        Residency, [Engine]
    ) {
        let engines = benches.map { bench in
            var bench = bench
            bench.dialect.heldScript = FakeDialect.heldScript
            return bench.engine()
        }
        let host = HostMemory(total: .gibibytes(8), available: free)
        let residency = try Residency(
            engines: engines, memory: memory, standby: StandbyMemory(bytes: .gibibytes(2)) { host })
        return (residency, engines)
    }

    private func prepared(_ engines: [Engine]) async -> [String] {
        var names: [String] = []
        for engine in engines where await engine.isPrepared { names.append(engine.configuration.name) }
        return names
    }

    @Test(
        "the engine that is expected next is started ahead of time, one at a time; what was expected in vain is ended")
    func standsBy() async throws {
        let (residency, engines) = try standingBy()
        var events = try await residency.activate(["draft"]).events
        await residency.expect(["prm"])
        #expect(await prepared(engines) == ["prm"])
        await residency.expect(["prm"])
        await residency.expect(["target"])
        try await until { await prepared(engines) == ["target"] }
        events += try await residency.activate(["prm"]).events
        try await until { await prepared(engines) == [] }
        await residency.expect(["target"])
        events += try await residency.activate(["target"]).events
        await residency.expect(["draft"])
        try await residency.deactivate()
        #expect(await prepared(engines) == [])
        let starts = events.compactMap {
            if case .loaded(let name, let start) = $0 { "\(name) \(start.kind)" } else { nil }
        }
        #expect(starts == ["draft cold", "prm cold", "target standby"])
        for bench in benches { #expect(try bench.ledgerIsSettled()) }
    }

    @Test("nothing is started ahead of time where the memory is needed, or cannot be told")
    func noRoomToStandBy() async throws {
        let (residency, engines) = try standingBy(free: .gibibytes(2.4))
        _ = try await residency.activate(["draft"])
        await residency.expect(["prm"])
        #expect(await prepared(engines) == [])
        try await residency.deactivate()
        #expect(!StandbyMemory(bytes: 1) { nil }.allows(beside: 0))
    }

    @Test("the GPU's memory has settled before an engine that was held goes on")
    func settlesBeforeTheGate() async throws {
        let wentOn = Mutex<[Bool]>([])
        let log = benches[1]
        let gpu = FakeGPU(using: 1) { wentOn.withLock { $0.append(log.log(1).contains("serving")) } }
        let memory = GPUMemoryGate(gpu: gpu, baseline: FakeGPU.baseline(using: 1), clock: RecordingClock())
        let (residency, engines) = try standingBy(memory)
        _ = try await residency.activate(["draft"])
        await residency.expect(["prm"])
        _ = try await benches[1].pid("held")
        gpu.use(60, 30, 1, 60)
        let before = wentOn.withLock { $0.count }
        _ = try await residency.activate(["prm"])
        #expect(await engines[1].counters.starts.map(\.kind) == [.standby])
        #expect(wentOn.withLock { $0[before..<(before + 3)].allSatisfy { !$0 } })
        try await residency.deactivate()
    }

    @Test("concurrent requests for engines are served in turn")
    func concurrentRequests() async throws {
        let residency = try Residency(engines: engines)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for wish in residency.groups + residency.groups {
                group.addTask { _ = try await residency.activate(wish) }
            }
            try await group.waitForAll()
        }
        #expect(await up(engines).count == 1)
        try await residency.deactivate()
    }

    @Test("G2: each group starts when the memory of the one before is back")
    func settlesWhenTheOthersAreGone() async throws {
        let clock = RecordingClock()
        let gpu = FakeGPU(using: 1)
        let memory = GPUMemoryGate(gpu: gpu, baseline: FakeGPU.baseline(using: 1), clock: clock)
        let residency = try Residency(engines: engines, memory: memory)
        // What is in use before the start, until it is the baseline again; then with the engine up.
        for group in residency.groups {
            gpu.use(60, 30, 1, 60)
            _ = try await residency.activate(group)
            #expect(await up(engines) == group)
        }
        #expect(clock.sleeps.count == 6)
        // It is up: nothing to wait for, and nothing to look at.
        let looks = gpu.looks
        _ = try await residency.activate(["target"])
        #expect(gpu.looks == looks)
        try await residency.deactivate()
    }

    @Test("G4: of a group, each starts beside those that are up, and so does one that is restarted")
    func sharesOneAtATime() async throws {
        let clock = RecordingClock()
        let gpu = FakeGPU(using: 1)
        let memory = GPUMemoryGate(gpu: gpu, baseline: FakeGPU.baseline(using: 1), clock: clock)
        let residency = try Residency(engines: engines, groups: [["draft", "prm", "target"]], memory: memory)
        // Two looks for each: before its start, and when it is up.
        gpu.use(1, 11, 11, 31, 31, 71)
        _ = try await residency.activate(["draft", "prm", "target"])
        #expect(gpu.looks == 6)
        gpu.use(71, 51, 71)
        _ = try await residency.restart("prm")
        #expect(gpu.looks == 9)
        #expect(clock.sleeps == [.milliseconds(50)])
        try await residency.deactivate()
    }

    @Test("a dead engine is started again")
    func deadEngine() async throws {
        let residency = try Residency(engines: engines)
        let engine = try #require(try await residency.activate(["draft"]).engines["draft"]?.process)
        kill(try #require(await engine.processID), SIGKILL)
        _ = try await engine.died()
        try await until { await engine.state != .ready }
        let events = try await residency.restart("draft")
        #expect(events.count == 1 && events[0].loads("draft"))
        #expect(await engine.state == .ready)
        #expect(await engine.counters.starts.count == 2)
        try await residency.deactivate()
    }

    @Test("an unknown name is an error")
    func unknownName() async throws {
        #expect(throws: ResidencyError.self) {
            try Residency(engines: engines, groups: [["draft", "nobody"]])
        }
        #expect(throws: ResidencyError.self) { try Residency(engines: engines + [engines[0]]) }
        let residency = try Residency(engines: engines)
        await #expect(throws: ResidencyError.self) { try await residency.activate(["draft", "prm"]) }
        await #expect(throws: ResidencyError.self) { try await residency.restart("nobody") }
    }
}

extension EngineEvent {
    fileprivate func loads(_ name: String) -> Bool {
        if case .loaded(name, _) = self { true } else { false }
    }
}
