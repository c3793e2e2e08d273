import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The life of an engine", .timeLimit(.minutes(1)))
struct EngineTests {
    @Test("an engine starts, responds and stops")
    func startsAndStops() async throws {
        var bench = try await EngineBench()
        bench.configuration.environment = ["OWN": "1"]
        bench.dialect.script = "echo me $$; echo own=$OWN; exec sleep 1000"
        let engine = bench.engine()
        #expect(await engine.state == .stopped)
        await #expect(throws: EngineError.self) { try await engine.client }
        let before = Date().timeIntervalSince1970
        try await engine.start()
        #expect(await engine.state == .ready)
        let pid = try await bench.pid("me")
        #expect(await engine.processID == pid)
        #expect(await engine.logPath == bench.scratch.path("logs/draft-1.log"))
        #expect(try await engine.client.detokenize([1]) == "draft speaks")
        try await until { bench.log(1).contains("own=1") }
        #expect(try !bench.ledgerIsSettled())
        try await engine.stop()
        #expect(await engine.state == .stopped)
        #expect(!isAlive(pid))
        #expect(try bench.ledgerIsSettled())
        #expect(try await engine.died() == .signalled(SIGTERM))
        let counters = await engine.counters
        #expect(counters.starts.map(\.kind) == [.cold])
        #expect(counters.deaths == 0)
        let load = try #require(counters.starts.first?.span)
        #expect((before...Date().timeIntervalSince1970).contains(load.begin) && load.seconds > 0)
    }

    @Test("the key is in the environment and nowhere else")
    func key() async throws {
        var bench = try await EngineBench()
        bench.dialect.script = "echo me $$; exec sleep 1000"
        let engine = bench.engine()
        try await engine.start()
        let pid = try await bench.pid("me")
        let sent = try #require(bench.server.http.requests.last?.headers["authorization"])
        let key = String(sent.dropFirst("Bearer ".count))
        #expect(key.count == 48)
        #expect(ProcFS.environment(of: pid, holds: "VLLM_API_KEY", key))
        let commandLine = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        #expect(!String(decoding: commandLine, as: UTF8.self).contains(key))
        #expect(!bench.scratch.text("engines.jsonl").contains(key))
        try await engine.stop()
        try await engine.start()
        #expect(bench.server.http.requests.last?.headers["authorization"] != sent)
        try await engine.stop()
    }

    @Test("a second start or stop does nothing")
    func idempotent() async throws {
        let bench = try await EngineBench()
        let engine = bench.engine()
        try await engine.stop()
        try await engine.start()
        let pid = await engine.processID
        try await engine.start()
        #expect(await engine.processID == pid)
        #expect(bench.dialect.launchCount == 1)
        try await engine.stop()
        try await engine.stop()
        try await engine.start()
        #expect(bench.dialect.launchCount == 2)
        #expect(await engine.logPath?.hasSuffix("draft-2.log") == true)
        try await engine.stop()
    }

    @Test("concurrent starts and stops are shared")
    func shared() async throws {
        let bench = try await EngineBench()
        let engine = bench.engine()
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { try await engine.start() } }
        }
        #expect(bench.dialect.launchCount == 1)
        #expect(await engine.state == .ready)
        await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 { group.addTask { try await engine.stop() } }
        }
        #expect(await engine.state == .stopped)
        #expect(await engine.processID == nil)
    }

    @Test("any mix of starts and stops ends in order")
    func anyMix() async throws {
        let bench = try await EngineBench()
        let engine = bench.engine()
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<12 {
                group.addTask {
                    for _ in 0..<number { await Task.yield() }
                    if number.isMultiple(of: 3) {
                        try? await engine.stop()
                    } else {
                        _ = try? await engine.start()
                    }
                }
            }
        }
        try await engine.stop()
        #expect(await engine.state == .stopped)
        #expect(await engine.processID == nil)
        #expect(try bench.ledgerIsSettled())
    }

    @Test("a stop ends a start")
    func stopDuringStart() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.dialect.script = "trap '' TERM; echo me $$; while :; do echo loading; sleep 0.01; done"
        let engine = bench.engine()
        let start = Task { try await engine.start() }
        let pid = try await bench.pid("me")
        #expect(await engine.state == .starting)
        try await engine.stop()
        let error = await #expect(throws: EngineError.self) { try await start.value }
        #expect(error?.code == .stopped)
        #expect(!isAlive(pid))
        #expect(await engine.state == .stopped)
        #expect(try bench.ledgerIsSettled())
    }

    @Test("a cancelled start leaves nothing behind")
    func cancelledStart() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.dialect.script = "echo me $$; exec sleep 1000"
        let engine = bench.engine()
        let start = Task { try await engine.start() }
        let pid = try await bench.pid("me")
        start.cancel()
        await #expect(throws: CancellationError.self) { try await start.value }
        #expect(!isAlive(pid))
        #expect(await engine.state == .stopped)
    }

    @Test("a start goes on for whoever still waits")
    func othersWait() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.dialect.script = "echo me $$; exec sleep 1000"
        let engine = bench.engine()
        let patient = Task { try await engine.start() }
        _ = try await bench.pid("me")
        let hasty = Task {
            while !Task.isCancelled { await Task.yield() }
            try await engine.start()
        }
        hasty.cancel()
        await #expect(throws: CancellationError.self) { try await hasty.value }
        bench.server.isHealthy = true
        _ = try await patient.value
        #expect(await engine.state == .ready)
        try await engine.stop()
    }

    @Test("a death during the start is reported with the end of the log")
    func deathDuringStart() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.dialect.script = """
            for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do echo line $n; done
            echo key $VLLM_API_KEY; sleep 1000 & echo orphan $!; exit 3
            """
        let engine = bench.engine()
        let error = try #require(await #expect(throws: EngineError.self) { try await engine.start() })
        #expect(error.code == .diedDuringStart)
        #expect(error.exit == .exited(code: 3))
        #expect(error.logPath == bench.scratch.path("logs/draft-1.log"))
        try #require(error.logTail.count == 20)
        #expect(error.logTail[18] == "key •••")
        #expect(error.description.contains("exit status 3"))
        #expect(!isAlive(try await bench.pid("orphan")))
        #expect(await engine.counters.failedStarts == 1)
        #expect(try bench.ledgerIsSettled())
        guard case .failed = await engine.state else {
            Issue.record("not failed")
            return
        }
        bench.server.isHealthy = true
    }

    @Test("the dialect explains a death")
    func explained() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.dialect.script = "echo no such model; exit 1"
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.message.contains("the model is missing") == true)
    }

    @Test("a silent start is given up")
    func silentStart() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.configuration.startSilence = .milliseconds(50)
        bench.dialect.script = "echo me $$; exec sleep 1000"
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.code == .silentDuringStart)
        #expect(!isAlive(try await bench.pid("me")))
    }

    @Test("a start that keeps writing to its log is not given up")
    func talkingStart() async throws {
        var bench = try await EngineBench()
        bench.server.isHealthy = false
        bench.configuration.startSilence = .seconds(1)
        // Twice the limit in all, with never more than a hundredth of it in silence.
        bench.dialect.script =
            "n=0; while [ $n -lt 200 ]; do echo loading; sleep 0.01; n=$((n+1)); done; exit 9"
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.exit == .exited(code: 9))
    }

    /// It has loaded: what its log still says is no sign that it will ever tell what it serves.
    @Test("an engine that is healthy and lists no model is given up")
    func healthyWithoutModel() async throws {
        var bench = try await EngineBench()
        bench.server.tellsItsModel = false
        bench.configuration.startSilence = .milliseconds(50)
        bench.dialect.script = "while :; do echo serving; sleep 0.01; done"
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.code == .silentDuringStart)
        #expect(error?.message.contains("it reports that it is healthy") == true)
    }

    @Test("a start whose port was taken is repeated")
    func lostPort() async throws {
        var bench = try await EngineBench()
        let port = bench.server.http.port
        let nowhere = try FreePort.find()
        bench.dialect.port = { launch, _ in launch < 3 ? nowhere : port }
        bench.dialect.script =
            "n=$(ls \(bench.scratch.url.path)/logs | wc -l); [ $n -lt 3 ] && { echo address in use; exit 1; }; exec sleep 1000"
        let engine = bench.engine()
        try await engine.start()
        #expect(bench.dialect.launchCount == 3)
        #expect(await engine.logPath?.hasSuffix("draft-3.log") == true)
        try await engine.stop()
        #expect(try bench.ledgerIsSettled())
    }

    @Test("five taken ports are enough")
    func fiveLostPorts() async throws {
        var bench = try await EngineBench()
        bench.dialect.port = { _, proposed in proposed }
        bench.dialect.script = "echo address in use; exit 1"
        let engine = bench.engine()
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.code == .noPort)
        #expect(bench.dialect.launchCount == 5)
    }

    @Test("another server on the port is not taken for the engine")
    func otherServer() async throws {
        var bench = try await EngineBench()
        let stranger = try await FakeServer(serving: "somebody-else")
        let (theirs, ours) = (stranger.http.port, bench.server.http.port)
        bench.dialect.port = { launch, _ in launch == 1 ? theirs : ours }
        let engine = bench.engine()
        try await engine.start()
        #expect(bench.dialect.launchCount == 2)
        #expect(try await engine.client.detokenize([1]) == "draft speaks")
        try await engine.stop()
    }

    @Test("an executable that cannot be launched is named")
    func cannotBeLaunched() async throws {
        var bench = try await EngineBench()
        bench.dialect.executable = "/no/such/engine"
        let missing = bench.engine()
        let first = await #expect(throws: EngineError.self) { try await missing.start() }
        #expect(first?.code == .cannotLaunch)
        #expect(first?.message.contains("/no/such/engine") == true)
        #expect(await missing.counters.failedStarts == 0)
        bench.dialect.executable = "/bin/sh"
        bench.configuration.workingDirectory = "/no/such/folder"
        let misplaced = bench.engine()
        let second = await #expect(throws: EngineError.self) { try await misplaced.start() }
        #expect(second?.message.contains("/no/such/folder") == true)
        #expect(try bench.ledgerIsSettled())
    }

    @Test("a death ends the requests in flight and the rest of the process family")
    func death() async throws {
        var bench = try await EngineBench()
        bench.dialect.script = "sleep 1000 & echo core $!; exec sleep 1000"
        let engine = bench.engine()
        try await engine.start()
        let client = try await engine.client
        let request = Task { try await client.pool([1]) }
        try await until { bench.server.http.requests.contains { $0.path == "/pooling" } }
        let core = try await bench.pid("core")
        kill(try #require(await engine.processID), SIGKILL)
        let error = await #expect(throws: EngineAnswerError.self) { try await request.value }
        guard case .engine(let death) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(death.code == .died)
        #expect(death.exit == .signalled(SIGKILL))
        #expect(try await engine.died() == .signalled(SIGKILL))
        try await until { await engine.processID == nil }
        #expect(!isAlive(core))
        #expect(try bench.ledgerIsSettled())
        #expect(await engine.counters.deaths == 1)
        await #expect(throws: EngineError.self) { try await engine.client }
        try await engine.start()
        #expect(await engine.state == .ready)
        #expect(try await engine.client.detokenize([1]) == "draft speaks")
        try await engine.stop()
    }

    @Test("a start after a death waits until the rest of the family is gone")
    func startAfterDeath() async throws {
        var bench = try await EngineBench()
        bench.dialect.script = "sleep 1000 & echo core $!; exec sleep 1000"
        let engine = bench.engine()
        try await engine.start()
        let core = try await bench.pid("core")
        kill(try #require(await engine.processID), SIGKILL)
        _ = try await engine.died()
        try await until { await engine.state != .ready }
        try await engine.start()
        #expect(!isAlive(core))
        try await engine.stop()
    }

    @Test("a stop ends the requests in flight")
    func stopEndsRequests() async throws {
        let bench = try await EngineBench()
        let engine = bench.engine()
        try await engine.start()
        let client = try await engine.client
        let request = Task { try await client.pool([1]) }
        try await until { bench.server.http.requests.contains { $0.path == "/pooling" } }
        try await engine.stop()
        let error = await #expect(throws: EngineAnswerError.self) { try await request.value }
        guard case .engine(let reason) = error else {
            Issue.record("got \(String(describing: error))")
            return
        }
        #expect(reason.code == .stopped)
    }

    @Test("a stop runs to its end in a cancelled task")
    func stopWhenCancelled() async throws {
        var bench = try await EngineBench()
        bench.configuration.stopGrace = .milliseconds(40)
        bench.dialect.script = "trap '' TERM; echo me $$; while :; do sleep 0.01; done"
        let engine = bench.engine()
        try await engine.start()
        let pid = try await bench.pid("me")
        let stop = Task {
            while !Task.isCancelled { await Task.yield() }
            try await engine.stop()
        }
        stop.cancel()
        try await stop.value
        #expect(!isAlive(pid))
        #expect(await engine.state == .stopped)
    }

    @Test("an engine reports its states")
    func states() async throws {
        let bench = try await EngineBench()
        let engine = bench.engine()
        let states = await engine.states()
        try await engine.start()
        try await engine.stop()
        var seen: [Engine.State] = []
        for await state in states {
            seen.append(state)
            if seen.count == 5 { break }
        }
        #expect(seen == [.stopped, .starting, .ready, .stopping, .stopped])
    }

    @Test("a ledger that cannot be written stops the start")
    func unwritableLedger() async throws {
        let bench = try await EngineBench()
        let full = try EngineLedger(path: "/dev/full")
        let engine = Engine(
            configuration: bench.configuration, dialect: bench.dialect, ledger: full,
            logDirectory: bench.scratch.path("logs"))
        await #expect(throws: LedgerError.self) { try await engine.start() }
        #expect(await engine.processID == nil)
    }
}
