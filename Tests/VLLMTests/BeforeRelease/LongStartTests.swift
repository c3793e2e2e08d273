import Foundation
import RunnerSupport
import TestSupport
import Testing

extension BeforeRelease {
    /// Runs whose engines are not forked, or not for long.
    @Suite struct LongStartTests {
        static let obstacles =
            WarmStartTests.obstacles + [
                WarmStartTests.Obstacle(
                    testDescription: "the first engine dies after its fork",
                    python:
                        "import os; os.register_at_fork(after_in_child=lambda: os.environ.update(VLLM_USE_V1='nonsense') or os.abort())",
                    says: "engines are spawned from now on"),
                WarmStartTests.Obstacle(
                    testDescription: "a version that was never tried",
                    python: """
                        import importlib.metadata as m; version = m.version
                        m.version = lambda name: '0.31.9+cpu' if name == 'vllm' else version(name)
                        """,
                    says: "forking is untested with vLLM 0.31.9+cpu"),
            ]

        @Test("where forks are not safe, engines are spawned, and the run says so once", arguments: obstacles)
        func spawned(_ obstacle: WarmStartTests.Obstacle) async throws {
            let scratch = try Scratch()
            try scratch.write(obstacle)
            let job = try VLLMJob(VLLMSetup(engine: ["residency: swap"]))
            let run = try await job.run(environment: ["PYTHONPATH": scratch.url.path])
            #expect(run.code == 0, "\(run.messages)")
            #expect(run.messages.contains(obstacle.says), "\(run.messages)")
            #expect(run.messages.matches(of: /engines are spawned from now on/).count == 1, "\(run.messages)")
            #expect(try await job.results() == job.reference())
            let figures = try job.summary().run
            #expect(figures.warmStarts == 0 && figures.coldStarts == 1)
            try job.expectNoEngine()
        }

        @Test("under swap all engines but the first wait for their turn, and the results are the same")
        func standby() async throws {
            let job = try VLLMJob(
                VLLMSetup(problems: 0..<8, methods: DemoTests.methods, engine: ["residency: swap", "warm: false"]))
            let run = try await job.run()
            #expect(run.code == 0, "\(run.messages)")
            // One that was expected in vain may have ended before it came to its gate, or after.
            let loads = try job.loadCount()
            #expect(loads > 3 && job.heldCount >= loads - 1)
            try await job.expectWhatPocketGives()
            try job.expectNoEngine()
        }

        @Test("SIGTERM while engines are forked or start: code 75, and nothing is left", arguments: [0.5, 3, 7, 8, 9])
        func interrupted(seconds: Double) async throws {
            let job = try VLLMJob(
                VLLMSetup(problems: 0..<200, methods: DemoTests.methods, engine: ["residency: swap"]))
            let runner = try job.start()
            // A moment by the clock is a random one; whatever it is, the same must come of it.
            try await Task.sleep(for: .seconds(seconds))
            runner.send(SIGTERM)
            #expect(await runner.exitCode() == 75, "\(runner.standardError)")
            try job.expectNoEngine()
        }

        @Test("somebody takes the port before vLLM does: it gets another")
        func portTaken() async throws {
            // One that is forked has its port within a second.
            let job = try VLLMJob(VLLMSetup(engine: ["concurrency: 1", "warm: false"]))
            let runner = try job.start()
            var taken: PortHolder?
            let isStarting = await runner.reached {
                guard let words = job.presentEngine()?.pid.map(ProcessFacts.commandLine),
                    let flag = words.firstIndex(of: "--port"), let port = UInt16(words[flag + 1])
                else { return false }
                taken = try? PortHolder(port)
                return taken != nil
            }
            try #require(isStarting, "\(runner.standardError)")
            #expect(await runner.exitCode() == 0, "\(runner.standardError)")
            #expect(runner.standardError.contains("lost its port, trying another"), "\(runner.standardError)")
            #expect(runner.standardError.contains("the address was already in use"), "\(runner.standardError)")
            #expect(try job.engineStarts().count == 2)
            #expect(try await job.results() == job.reference())
            try job.expectNoEngine()
            withExtendedLifetime(taken) {}
        }
    }
}

/// Listens on a port of 127.0.0.1 and answers nobody.
private final class PortHolder {
    private let descriptor: Int32

    init(_ port: UInt16) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0, listen(descriptor, 1) == 0 else {
            let failure = errno
            close(descriptor)
            throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .EIO)
        }
    }

    deinit { close(descriptor) }
}
