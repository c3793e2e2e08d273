import Foundation
import RunnerSupport
import Testing

@testable import ModelLifecycle

/// vLLM's servers are forked where that is safe, and spawned where it is not; the results are the same.
@Suite(.onRealVLLM) struct WarmStartTests {
    private static let methods = "[draft_only, target_only, { rsd: { threshold: 0.7 } }]"

    @Test("every engine is forked, in a session of its own, and named as vLLM names them")
    func forked() async throws {
        let setup = VLLMSetup(methods: Self.methods, engine: ["residency: swap"])
        let job = try VLLMJob(setup)
        // A Python as uv installs it, of a site that has something to say, and with no end of the line.
        let site = """
            import os, sys
            os.__dict__.pop('pidfd_open', None)
            if '-c' in sys.orig_argv: os.write(1, b'modules were loaded')
            """
        try Data(site.utf8).write(to: job.scratch.appending(path: "sitecustomize.py"))
        let runner = try job.start(environment: ["PYTHONPATH": job.scratch.path])
        let processes = try await job.untilAtWork(runner)
        let server = try #require(job.presentForkServer()?.pid)
        #expect(ProcessFacts.parent(of: processes.server) == server)
        #expect(ProcessFacts.commandLine(of: processes.server).first?.hasPrefix("vllm serve") == true)
        #expect(getsid(processes.server) == processes.server)
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        let figures = try job.summary().run
        #expect(figures.coldStarts == 0 && figures.warmStarts > 3)
        try await DemoTests.compare(job.resultLines(), setup)
        try job.expectNoEngine()
    }

    /// Why vLLM is not to be forked, as Python that runs before anything is imported.
    struct Obstacle: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var python: String
        var says: String
    }

    static let obstacles = [
        Obstacle(
            testDescription: "another thread of Python",
            python: "import threading, time; threading.Thread(target=time.sleep, args=(1e6,), daemon=True).start()",
            says: "Python runs 2 threads after its imports"),
        Obstacle(
            testDescription: "CUDA is initialised",
            python: "import torch.cuda; torch.cuda.is_initialized = lambda: True",
            says: "an import has initialised CUDA"),
        Obstacle(
            testDescription: "an import fails",
            python: "sys.modules['vllm.entrypoints.openai.api_server'] = None",
            says: "vllm.entrypoints.openai.api_server could not be imported"),
        Obstacle(
            testDescription: "the first engine dies after its fork",
            python:
                "import os; os.register_at_fork(after_in_child=lambda: os.environ.update(VLLM_USE_V1='nonsense') or os.abort())",
            says: "engines are spawned from now on"),
        Obstacle(
            testDescription: "a version that was never tried",
            python: """
                import importlib.metadata as m; version = m.version
                m.version = lambda name: '0.31.9+cpu' if name == 'vllm' else version(name)
                """,
            says: "vLLM 0.31.9+cpu was never seen to do that well"),
    ]

    @Test("where forks are not safe, engines are spawned, and the run says so once", arguments: obstacles)
    func spawned(_ obstacle: Obstacle) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "rsd-site-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The process that forks is the one that runs a script given by -c; the version is asked for by another such.
        let python = """
            import sys
            words = sys.orig_argv
            if '-c' in words and not words[words.index('-c') + 1].startswith('from multiprocessing'):
                \(obstacle.python.replacingOccurrences(of: "\n", with: "\n    "))
            """
        try Data(python.utf8).write(to: folder.appending(path: "sitecustomize.py"))
        let setup = VLLMSetup(engine: ["residency: swap"])
        let job = try VLLMJob(setup)
        let run = try await job.run(environment: ["PYTHONPATH": folder.path])
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains(obstacle.says), "\(run.messages)")
        #expect(run.messages.matches(of: /engines are spawned from now on/).count == 1, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let figures = try job.summary().run
        #expect(figures.warmStarts == 0 && figures.coldStarts == 1)
        try job.expectNoEngine()
    }

    @Test("a forked engine that answers otherwise than when it was spawned is spawned")
    func wrongAnswer() async throws {
        let job = try VLLMJob(VLLMSetup(engine: ["residency: swap", "warm: false"]))
        let cache = ["XDG_CACHE_HOME": job.scratch.path, "RSD_BATCH_VLLM": VLLMInstallation.standardFolder]
        #expect(try await job.run(environment: cache).code == 0)
        // What it answered is changed, as if the fork were the one that errs.
        let folder = job.scratch.appending(path: "rsd-batch/cold-answers")
        let file = try #require(
            FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).first)
        let text = try String(contentsOf: file, encoding: .utf8)
        try Data(text.replacing(/"tokens":\[\d+/, with: #""tokens":[4"#).utf8).write(to: file)
        try FileManager.default.removeItem(at: job.directory.url)
        try job.write(VLLMSetup(engine: ["residency: swap"]))
        let run = try await job.run(environment: cache)
        #expect(run.code == 0, "\(run.messages)")
        #expect(run.messages.contains("it answers otherwise than when it was spawned"), "\(run.messages)")
        #expect(try await job.results() == job.reference())
        try job.expectNoEngine()
    }

    @Test("SIGTERM while engines are forked or start: code 75, and nothing is left", arguments: [0.5, 3, 7, 8, 9])
    func interrupted(seconds: Double) async throws {
        let job = try VLLMJob(VLLMSetup(problems: 0..<200, methods: Self.methods, engine: ["residency: swap"]))
        let runner = try job.start()
        // A moment by the clock is a random one; whatever it is, the same must come of it.
        try await Task.sleep(for: .seconds(seconds))
        runner.send(SIGTERM)
        #expect(await runner.exitCode() == 75, "\(runner.standardError)")
        try job.expectNoEngine()
    }
}
