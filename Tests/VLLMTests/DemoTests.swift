import Foundation
import RunnerSupport
import Testing

@testable import ModelLifecycle
@testable import Reporting

/// The demo's job on real vLLM gives what the pocket engine gives.
@Suite(.onRealVLLM) struct DemoTests {
    static let methods = "[draft_only, target_only, { rsd: { threshold: 0.7 } }]"

    @Test("40 problems with all engines up at once: the same texts, and engines that work side by side")
    func share() async throws { try await Self.share(problems: 0..<40) }

    @Test("40 problems on three servers that run already, and were started with their parts of the processors")
    func attach() async throws { try await Self.attach(problems: 0..<40) }

    @Test("one model at a time: every engine is forked, in a session of its own, and named as vLLM names them")
    func swap() async throws {
        let job = try VLLMJob(VLLMSetup(problems: 0..<8, methods: Self.methods, engine: ["residency: swap"]))
        // A Python as uv installs it, of a site that has something to say, and with no end of the line.
        let ends = job.scratch.appending(path: "ends").path
        let site = """
            import atexit, os, sys
            os.__dict__.pop('pidfd_open', None)
            if '-c' in sys.orig_argv: os.write(1, b'modules were loaded')
            first = os.getpid()
            def say(word):
                if os.getpid() != first: os.write(os.open('\(ends)', os.O_WRONLY | os.O_APPEND | os.O_CREAT), word)
            atexit.register(say, b'e')
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
        // Each has ended in order.
        #expect(try String(contentsOfFile: ends, encoding: .utf8) == String(repeating: "e", count: figures.warmStarts))
        try await job.expectWhatPocketGives()
        try job.expectNoEngine()
    }

    static func share(problems: Range<Int>) async throws {
        let job = try VLLMJob(VLLMSetup(problems: problems, methods: methods, engine: ["residency: share"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        try await job.expectWhatPocketGives()
        let figures = try job.summary().run
        #expect(figures.warmStarts == 3 && figures.coldStarts == 0 && figures.swaps == 0)
        #expect(run.messages.contains("3 engines share"), "\(run.messages)")
        for log in try FileManager.default.contentsOfDirectory(at: job.directory.logs, includingPropertiesForKeys: nil)
        where !log.lastPathComponent.hasPrefix("fork-server") {
            let text = try String(contentsOf: log, encoding: .utf8)
            #expect(text.contains("(EngineCore") && !text.contains("(Worker"), "no process of its own for the worker")
        }
        #expect(try Busy(job.records()).seconds(atLeast: 2) > 0)
        try job.expectNoEngine()
    }

    static func attach(problems: Range<Int>) async throws {
        let models = Programs.repository.appending(path: "demo/models").path
        let scoring = EngineTask.score(ScoringSetup())
        try await ServedModel.with("draft", "\(models)/draft", among: 3) { draft in
            try await ServedModel.with("target", "\(models)/target", among: 3) { target in
                try await ServedModel.with("prm", "\(models)/prm", task: scoring, among: 3) { prm in
                    let setup = VLLMSetup(problems: problems, methods: methods, engine: [])
                    try await VLLMJob.run(setup, on: [draft, target, prm]).expectWhatPocketGives()
                }
            }
        }
    }
}
