import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("Flags of an engine, as the programs see them")
struct EngineFlagTests {
    @Test("a typo stops validate, plan, submit and run, and vLLM is asked once")
    func typo() async throws {
        var setup = JobSetup()
        setup.engine = ["args: { max-model-length: 64 }"]
        let job = try TestJob(setup)
        let python = job.scratch.appending(path: "python")
        let flags =
            #"[{"names": ["max-model-len"], "negations": [], "short": [], "takes": "one", "repeats": false, "isOn": false}]"#
        let facts = String(decoding: try JSONEncoder().encode(InstallationFacts.standIn), as: UTF8.self)
        let script = """
            #!/bin/sh
            case "$2" in
            *"rsd-batch flags"*) echo asked >> '\(job.scratch.path)/asked'; echo 'rsd-batch flags: \(flags)' ;;
            *"rsd-batch facts"*) echo 'rsd-batch facts: \(facts)' ;;
            *) echo 0.32.0+cpu ;;
            esac
            """
        try Script.write(script, to: python)
        let spec = try String(contentsOf: job.file, encoding: .utf8).replacing("kind: pocket", with: "kind: vllm")
            .split(separator: "\n").filter { !$0.contains("request-log") }.joined(separator: "\n")
        try Data(spec.utf8).write(to: job.file)
        let environment = ["RSD_BATCH_VLLM": python.path, "XDG_CACHE_HOME": job.scratch.appending(path: "cache").path]
        for command in ["validate", "plan", "run", "submit"] {
            let options = command == "submit" ? ["--shards", "2", "--print"] : []
            let ended = try await job.command([command, job.file.path] + options, environment: environment)
            #expect(ended.code == 2, "\(command): \(ended.messages)")
            #expect(
                ended.messages.contains(
                    "unknown flag 'max-model-length' of vLLM 0.32.0+cpu; did you mean 'max-model-len'?"),
                "\(command)")
            #expect(ended.messages.contains("asking vLLM") == (command == "validate"))
        }
        let asked = try String(contentsOf: job.scratch.appending(path: "asked"), encoding: .utf8)
        #expect(asked == "asked\n")
    }

    @Test("the pocket engine's table has the flags of its program")
    func pocketTable() async throws {
        let job = try TestJob()
        let process = try RunnerProcess(
            ["serve", "--experimental-dump-help"], program: Programs.pocket, scratch: job.scratch, limit: .seconds(60))
        #expect(await process.exitCode() == 0)
        let names = process.standardOutput.matches(of: /"kind"\s*:\s*"long",\s*"name"\s*:\s*"([^"]+)"/).map {
            String($0.1)
        }
        #expect(Set(names).subtracting(["help", "version"]) == Set(EngineFlags.pocket.all.map(\.name)))
    }
}

extension InstallationFacts {
    fileprivate static let standIn = InstallationFacts(
        python: "3.12.1", executable: "/venv/bin/python", machine: "x86_64", vllm: "0.32.0+cpu", folder: nil,
        torch: nil,
        cuda: nil, hip: nil, plugins: [], packages: [:], state: [])
}
