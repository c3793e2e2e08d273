import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Waiting for GPU memory", .timeLimit(.minutes(1)))
struct GPUMemoryGateTests {
    private let clock = RecordingClock()

    private func memoryGate(_ gpu: FakeGPU, baseline: Double = 1, limit: Duration = .seconds(60)) -> GPUMemoryGate {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return GPUMemoryGate(
            gpu: gpu, baseline: FakeGPU.baseline(using: baseline), limit: limit, clock: clock, logger: logger)
    }

    @Test("G2: waits until memory is back to what it was before the first engine")
    func waits() async throws {
        let gpu = FakeGPU(using: 70, 70, 40, 1.6, 1.1)
        #expect(try await memoryGate(gpu).waitForRelease() == nil)
        #expect(gpu.looks == 5)
        #expect(clock.sleeps == [.milliseconds(50), .milliseconds(100), .milliseconds(200), .milliseconds(400)])
    }

    @Test("the baseline is taken when what a killed process had is back")
    func baseline() async throws {
        let gpu = FakeGPU(using: 70, 70, 70, 40, 39, 5, 1.01, 1.02, 1, 1)
        let devices = try await gpu.devicesAtRest(clock: clock)
        #expect(devices.map(\.used) == [.gibibytes(80) - .gibibytes(79)])
        #expect(gpu.looks == 10)
        let restless = FakeGPU(using: 70)
        restless.use(78, 76, 74, 72, 70, 68, 66, 64)
        _ = try await restless.devicesAtRest(limit: .seconds(2), clock: RecordingClock())
        #expect(restless.looks == 5)
        let empty = FakeGPU(using: 0)
        _ = try await empty.devicesAtRest(clock: RecordingClock())
        #expect(empty.looks == 1)
    }

    @Test("G3: memory that had come back before anybody looked is not waited for")
    func crashed() async throws {
        let gpu = FakeGPU(using: 1)
        #expect(try await memoryGate(gpu).waitForRelease() == nil)
        #expect(gpu.looks == 1)
        #expect(clock.sleeps.isEmpty)
    }

    @Test("memory of engines that are up is nobody else's, and more than theirs is")
    func undisturbed() async throws {
        let gpu = FakeGPU(using: 1)
        let memoryGate = memoryGate(gpu)
        #expect(await memoryGate.isUndisturbed(beside: []))
        gpu.use(21)
        #expect(await memoryGate.measure("draft", beside: []) == .gibibytes(20))
        #expect(await memoryGate.isUndisturbed(beside: ["draft"]))
        #expect(await !memoryGate.isUndisturbed(beside: []))
        gpu.use(25)
        #expect(await !memoryGate.isUndisturbed(beside: ["draft"]))
        gpu.fail(GPUUnmeasurable("no driver"))
        #expect(await memoryGate.isUndisturbed(beside: ["draft"]))
    }

    @Test("at the limit it is said who holds how much, and that memory is not waited for again")
    func limit() async throws {
        let gpu = FakeGPU(using: 1)
        let memoryGate = memoryGate(gpu, limit: .seconds(10))
        gpu.use(31.5, holders: [GPUHolder(pid: 4711, name: "VLLM::EngineCore", bytes: .gibibytes(30.5))])
        let held = try #require(try await memoryGate.waitForRelease())
        #expect(clock.now.offset >= .seconds(10) && clock.now.offset <= .seconds(11))
        #expect(
            held.description
                == "GPU memory use is 30.5 GiB above that at the start of the run and did not fall within 10.0 seconds (used by "
                + "VLLM::EngineCore (pid 4711, 30.5 GiB)); continuing")
        let slept = clock.sleeps.count
        #expect(try await memoryGate.waitForRelease() == nil)
        #expect(clock.sleeps.count == slept)
        // Once it came back after all, it counts again.
        gpu.use(1)
        #expect(try await memoryGate.waitForRelease() == nil)
        gpu.use(31.5)
        #expect(try await memoryGate.waitForRelease() != nil)
    }

    @Test("what engines that stay up have is not waited for")
    func beside() async throws {
        let gpu = FakeGPU(using: 21)
        let memoryGate = memoryGate(gpu)
        #expect(await memoryGate.measure("draft", beside: []) == .gibibytes(20))
        gpu.use(51)
        #expect(await memoryGate.measure("prm", beside: ["draft"]) == .gibibytes(30))
        gpu.use(51, 40, 31)
        #expect(try await memoryGate.waitForRelease(beside: ["prm"]) == nil)
        #expect(clock.sleeps.count == 2)
        // Asleep, an engine has less.
        gpu.use(2.5)
        #expect(await memoryGate.measure("prm", beside: []) == .gibibytes(1.5))
        #expect(try await memoryGate.waitForRelease(beside: ["prm"]) == nil)
        #expect(clock.sleeps.count == 2)
    }

    @Test("without a GPU, or one that can be measured, there is nothing to wait for")
    func noGPU() async throws {
        #expect(try await GPUMemoryGate.withoutGPU().waitForRelease() == nil)
        let gpu = FakeGPU(using: 70)
        gpu.fail(GPUUnmeasurable("the driver is stuck"))
        let memoryGate = memoryGate(gpu)
        #expect(try await memoryGate.waitForRelease() == nil)
        #expect(await memoryGate.measure("draft", beside: []) == nil)
        #expect(clock.sleeps.isEmpty)
    }

    @Test("a wait can be cancelled")
    func cancelled() async throws {
        let gpu = FakeGPU(using: 70)
        let memoryGate = GPUMemoryGate(gpu: gpu, baseline: FakeGPU.baseline(using: 1), limit: .seconds(3600))
        let task = Task { try await memoryGate.waitForRelease() }
        try await until { gpu.looks > 0 }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    // MARK: Starts

    @Test("G2: a start that finds too little memory is repeated once, after another wait")
    func retries() async throws {
        var bench = try await EngineBench()
        let flag = bench.scratch.path("short")
        try "".write(toFile: flag, atomically: true, encoding: .utf8)
        bench.dialect.script = "if [ -e \(flag) ]; then rm \(flag); echo out of memory; exit 1; fi; exec sleep 1000"
        let server = bench.server
        server.isHealthy = false
        let engine = bench.engine()
        // The look before the second start finds that the first one is over.
        let gpu = FakeGPU(using: 1) { server.isHealthy = !FileManager.default.fileExists(atPath: flag) }
        try await memoryGate(gpu).start(engine, beside: [])
        #expect(await engine.state == .ready)
        let counters = await engine.counters
        #expect(counters.failedStarts == 1)
        #expect(counters.starts.count == 1)
        // Before each start, and once when it was up.
        #expect(gpu.looks == 3)
        try await engine.stop()
    }

    @Test("a second failure for want of memory is an error with those who hold it")
    func givesUp() async throws {
        var bench = try await EngineBench()
        bench.dialect.script = "echo out of memory; exit 1"
        bench.server.isHealthy = false
        let engine = bench.engine()
        let gpu = FakeGPU(using: 1)
        gpu.use(1, holders: [GPUHolder(pid: 12, name: "python", bytes: .gibibytes(40))])
        let error = await #expect(throws: EngineError.self) { try await memoryGate(gpu).start(engine, beside: []) }
        #expect(error?.code == .noMemory)
        #expect(error?.message.contains("python (pid 12, 40.0 GiB)") == true)
        #expect(error?.logPath?.hasSuffix("draft-2.log") == true)
        #expect(await engine.counters.failedStarts == 2)
    }

    @Test("another failure is not repeated")
    func otherFailures() async throws {
        var bench = try await EngineBench()
        bench.dialect.script = "echo no such model; exit 1"
        bench.server.isHealthy = false
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) {
            try await GPUMemoryGate.withoutGPU().start(engine, beside: [])
        }
        #expect(error?.code == .diedDuringStart)
        #expect(await engine.counters.failedStarts == 1)
    }

    @Test("G4: starts never overlap, whoever wants them")
    func oneAtATime() async throws {
        let scratch = try Scratch()
        let ledger = try EngineLedger(path: scratch.path("engines.jsonl"))
        let events = Mutex<[String]>([])
        var benches: [EngineBench] = []
        for name in ["draft", "prm", "target"] {
            var bench = try await EngineBench(name, scratch: scratch, ledger: ledger)
            let port = bench.server.http.port
            bench.dialect.port = { _, _ in
                events.withLock { $0.append("launch") }
                return port
            }
            benches.append(bench)
        }
        let engines = benches.map { $0.engine() }
        let memoryGate = memoryGate(FakeGPU(using: 1) { events.withLock { $0.append("look") } })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for engine in engines { group.addTask { try await memoryGate.start(engine, beside: []) } }
            try await group.waitForAll()
        }
        let one = ["look", "launch", "look"]
        #expect(events.withLock { $0 } == one + one + one)
        for engine in engines { try await engine.stop() }
    }
}
