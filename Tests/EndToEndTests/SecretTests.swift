import Foundation
import RunnerSupport
import Testing

/// Promise 5: servers on loopback only, behind a key that is nowhere to be read.
@Suite("An engine's API key", .inSlots) struct SecretTests {
    @Test("the key is in no command line, log or file; the server listens on loopback only")
    func keyAndAddress() async throws {
        let job = try TestJob(JobSetup(arguments: ["delay-ms: 60"], engine: ["concurrency: 1"]))
        let runner = try job.start()
        var keys: Set<String> = []
        var addresses: Set<String> = []
        var commandLines: Set<String> = []
        var roles: Set<String> = []
        // Every engine that comes along is looked at until the run is over.
        _ = await runner.reached {
            guard let engine = job.presentEngine(), let pid = engine.pid else { return false }
            roles.insert(engine.engine)
            for variable in ProcessFacts.environment(of: pid) where variable.hasPrefix("VLLM_API_KEY=") {
                keys.insert(String(variable.dropFirst("VLLM_API_KEY=".count)))
            }
            addresses.formUnion(ProcessFacts.listeningAddresses(of: pid))
            for pid in [pid, runner.pid] {
                commandLines.insert(ProcessFacts.commandLine(of: pid).joined(separator: " "))
            }
            return false
        }
        #expect(await runner.exitCode() == 0, "\(runner.standardError)")
        #expect(roles == ["draft", "prm", "target"])
        // 127.0.0.1 in the kernel's byte order.
        #expect(addresses == ["0100007F"])
        #expect(keys.count >= 3 && keys.allSatisfy { $0.count >= 32 })
        #expect(commandLines.contains { $0.contains("rsd-pocket serve") })
        var texts = commandLines.sorted()
        texts += [runner.standardError, runner.standardOutput]
        for path in try FileManager.default.subpathsOfDirectory(atPath: job.scratch.path) {
            guard let data = FileManager.default.contents(atPath: "\(job.scratch.path)/\(path)") else { continue }
            texts.append(String(decoding: data, as: UTF8.self))
        }
        for key in keys { #expect(!texts.contains { $0.contains(key) }) }
    }

    @Test("an engine that dies shows its last words without the key")
    func lastWords() async throws {
        let job = try TestJob(JobSetup(faults: ["die-on-start"]))
        let run = try await job.run()
        #expect(run.code == 4)
        #expect(!run.messages.contains("VLLM_API_KEY"))
    }
}
