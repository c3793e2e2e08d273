import Foundation
import RunStore
import RunnerSupport
import TestSupport
import Testing

/// What `residency: auto` does and says.
@Suite("A run whose residency the program chooses", .inSlots) struct AutoResidencyTests {
    @Test("the choice is said once, noted in the manifest, and changes no result")
    func run() async throws {
        let job = try TestJob(JobSetup(engine: ["residency: auto"]))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try await job.results() == job.reference())
        let manifest = try #require(try Manifest.read(job.directory.manifest))
        let reason = try #require(manifest.residency)
        #expect(reason.hasPrefix("share: draft 0.0 + PRM 0.0 + target 0.0 GiB of weights and "))
        #expect(run.messages.components(separatedBy: "residency share: ").count == 2, "\(run.messages)")
    }

    @Test("a run goes on under another residency, and the note follows; a finished run needs no engines")
    func otherwise() async throws {
        let setup = JobSetup(arguments: ["delay-ms: 100"], engine: ["residency: auto", "concurrency: 2"])
        let job = try TestJob(setup)
        let runner = try job.start()
        try #require(await runner.reached { job.eventCount >= 3 }, "\(runner.standardError)")
        runner.send(SIGKILL)
        _ = await runner.exitCode()
        let first = try #require(try Manifest.read(job.directory.manifest))
        #expect(first.residency?.hasPrefix("share: ") == true)
        var named = setup
        named.engine = ["residency: swap"]
        try job.write(named)
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(!run.messages.contains("residency"), "\(run.messages)")
        var expected = first
        expected.residency = nil
        #expect(try Manifest.read(job.directory.manifest) == expected)
        #expect(try await job.results() == job.reference())

        try job.write(setup)
        let again = try await job.run()
        #expect(again.code == 0, "\(again.messages)")
        #expect(!again.messages.contains("residency"), "\(again.messages)")
        #expect(try Manifest.read(job.directory.manifest) == expected)
    }

    @Test("validate tells what it comes to here, and an engine that is missing is no error of the job")
    func validate() async throws {
        let job = try TestJob()
        // All that is asked of it is its version.
        let python = job.scratch.appending(path: "venv/bin/python")
        try FileManager.default.createDirectory(
            at: python.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Script.write("#!/bin/sh\necho 0.32.0+cpu\n", to: python)
        let spec = try String(contentsOf: job.file, encoding: .utf8)
        func check(venv: String) async throws -> (plain: String, json: String?) {
            try spec.replacing("kind: pocket", with: "kind: vllm\n  venv: \(venv)")
                .write(to: job.file, atomically: true, encoding: .utf8)
            let plain = try await job.command(["validate", job.file.path])
            #expect(plain.code == 0, "\(plain.messages)")
            let json = try await job.command(["validate", job.file.path, "--json"])
            let verdict = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
            #expect(verdict?["valid"] as? Bool == true)
            return (plain.output, (verdict?["job"] as? [String: Any])?["residency"] as? String)
        }
        let good = try await check(venv: "venv")
        #expect(good.json?.hasPrefix("residency share: draft 0.0 + PRM") == true, "\(good)")
        #expect(good.plain.contains("residency share: draft 0.0 + PRM"), "\(good)")
        let missing = try await check(venv: "nothing")
        #expect(missing.json?.hasPrefix("cannot run on this machine: ") == true, "\(missing)")
        #expect(missing.json?.contains("nothing does not exist") == true, "\(missing)")
    }
}
