import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("An engine that is started ahead of time", .timeLimit(.minutes(1)))
struct EngineStandbyTests {
    private var bench: EngineBench
    private let engine: Engine

    init() async throws {
        bench = try await EngineBench()
        bench.dialect.heldScript = FakeDialect.heldScript
        engine = bench.engine()
    }

    /// Prepares it and waits until it has come to its gate.
    private func prepared() async throws -> pid_t {
        await engine.prepare()
        return try await bench.pid("held")
    }

    private var kinds: [EngineStart.Kind] { get async { await engine.counters.starts.map(\.kind) } }

    @Test("waits, is not up, and becomes the engine when that is started")
    func isStartedWhereItStands() async throws {
        let pid = try await prepared()
        #expect(await engine.state == .stopped)
        #expect(await engine.isPrepared)
        #expect(!bench.log(1).contains("serving"))
        try await engine.start()
        #expect(await engine.processID == pid)
        #expect(await kinds == [.standby])
        #expect(await !engine.isPrepared)
        // Not again, while it is up.
        await engine.prepare()
        #expect(await !engine.isPrepared)
        try await until { bench.log(1).contains("serving") }
        try await engine.stop()
        #expect(!isAlive(pid))
        #expect(try bench.ledgerIsSettled())
        try await engine.start()
        #expect(await kinds == [.standby, .cold])
        try await engine.stop()
    }

    @Test("is ended by a stop, and by a dismissal that leaves the engine alone", arguments: [false, true])
    func isGivenUp(byStop: Bool) async throws {
        let pid = try await prepared()
        if byStop { try await engine.stop() } else { await engine.dismiss() }
        try await until { await !engine.isPrepared }
        #expect(!isAlive(pid))
        #expect(try bench.ledgerIsSettled())
        try await engine.start()
        await engine.dismiss()
        #expect(await engine.state == .ready)
        #expect(await kinds == [.cold])
        try await engine.stop()
    }

    @Test("may be given up while it is being spawned, and started while it is")
    func isAskedForAtOnce() async throws {
        await engine.prepare()
        try await engine.stop()
        #expect(try bench.ledgerIsSettled())
        await engine.prepare()
        try await engine.start()
        #expect(await kinds == [.standby])
        try await engine.stop()
        #expect(try bench.ledgerIsSettled())
    }

    @Test("that ends by itself makes the next start a cold one")
    func ended() async throws {
        let pid = try await prepared()
        kill(pid, SIGKILL)
        try await until { await !engine.isPrepared }
        #expect(try bench.ledgerIsSettled())
        #expect(await engine.state == .stopped)
        try await engine.start()
        #expect(await kinds == [.cold])
        try await engine.stop()
    }

    @Test("that fails behind its gate is started anew")
    func failed() async throws {
        var bench = bench
        bench.dialect.heldScript = FakeDialect.heldScript.replacing("echo serving; exec sleep 1000", with: "exit 3")
        bench.server.isHealthy = false
        let engine = bench.engine()
        await engine.prepare()
        _ = try await bench.pid("held")
        async let start = engine.start()
        try await until { bench.dialect.launchCount == 2 }
        bench.server.isHealthy = true
        _ = try await start
        #expect(await engine.counters.starts.map(\.kind) == [.cold])
        try await engine.stop()
        #expect(try bench.ledgerIsSettled())
    }

    @Test("is gone when its start is given up")
    func cancelled() async throws {
        bench.server.isHealthy = false
        let pid = try await prepared()
        let start = Task { try await engine.start() }
        try await until { bench.log(1).contains("serving") }
        start.cancel()
        await #expect(throws: CancellationError.self) { try await start.value }
        #expect(!isAlive(pid))
        #expect(await engine.state == .stopped)
        #expect(try bench.ledgerIsSettled())
    }

    @Test("does not come about where engines of its kind cannot be held")
    func impossible() async throws {
        var bench = bench
        bench.dialect.heldScript = nil
        let engine = bench.engine()
        await engine.prepare()
        try await engine.start()
        #expect(await engine.counters.starts.map(\.kind) == [.cold])
        try await engine.stop()
        #expect(try bench.ledgerIsSettled())
    }
}
