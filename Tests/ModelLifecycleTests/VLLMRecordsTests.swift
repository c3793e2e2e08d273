import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

/// Logs and flags of several versions of vLLM, recorded as they were (`VLLMRecords/README.md`): what the program sets is known
/// to each version, and what each says is understood.
@Suite("Records of several versions of vLLM") struct VLLMRecordsTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "VLLMRecords")

    struct Failure: Sendable, CustomTestStringConvertible {
        var log: String
        var kind: StartFailure.Kind = .because
        var says: [String] = []
        var testDescription: String { log }
    }

    static let failures = [
        Failure(log: "0.11.2/library", says: ["GLIBC_2.38", "C library"]),
        Failure(log: "0.11.0/memory", kind: .noMemory, says: ["memory ran out"]),
        Failure(log: "0.14.1/architecture", says: ["the architecture Qwen9ForCausalLM"]),
        Failure(log: "0.14.1/memory", kind: .noMemory, says: ["1000.0 GiB"]),
        Failure(log: "0.14.1/package", says: ["the Python package numba"]),
        Failure(log: "0.14.1/flag", says: ["does not know --max-modle-len 512"]),
        Failure(log: "0.14.1/context", says: ["5000", "max_position_embeddings 512", "`context: 5000`"]),
        Failure(log: "0.14.1/port", kind: .portTaken),
        Failure(log: "0.20.2/architecture", says: ["the architecture Qwen9ForCausalLM"]),
        Failure(log: "0.20.2/flag", says: ["does not know --max-modle-len 512"]),
        Failure(log: "0.20.2/memory", kind: .noMemory, says: ["15.8 GiB", "3000.0 GiB"]),
        Failure(log: "0.20.2/port", kind: .portTaken),
        Failure(log: "0.20.2/utilization", kind: .noMemory, says: ["17.23 of 20.59 GiB", "20.38 GiB", "(0.99"]),
        Failure(log: "0.20.2/nobind", kind: .said, says: ["vLLM reports: IndexError: list index out of range"]),
        Failure(log: "0.32.0/architecture", says: ["the architecture Qwen9ForCausalLM"]),
        Failure(log: "0.32.0/cache", says: ["needs", "GiB of KV cache", "shorter `context`"]),
        Failure(log: "0.32.0/context", says: ["5000", "max_position_embeddings 512", "`context: 5000`"]),
        Failure(log: "0.32.0/flag", says: ["does not know --max-modle-len 512"]),
        Failure(log: "0.32.0/memory", kind: .noMemory, says: ["21.22 GiB", "3000.0 GiB"]),
        Failure(log: "0.32.0/missing", says: ["there is no checkpoint at the model's path"]),
        Failure(log: "0.32.0/port", kind: .portTaken),
        Failure(log: "0.32.0/value", says: ["the value of --kv-cache-dtype", "pigeon"]),
        Failure(log: "0.32.0/weights", says: ["config.json does not match its weights"]),
    ]

    /// As a start reads it: colours, carriage returns and all.
    private static func log(_ name: String) -> VLLMLog {
        VLLMLog(EngineLog(path: folder.appending(path: "\(name).log").path).tail(hiding: Secret("no key")))
    }

    @Test("a start that failed is explained", arguments: failures)
    func explained(_ expected: Failure) throws {
        let log = Self.log(expected.log)
        let failure = try #require(log.failure)
        #expect(failure.kind == expected.kind, "\(failure)")
        for words in expected.says { #expect(failure.sentence.contains(words), "'\(words)' in \(failure)") }
        for line in log.tellingLines {
            #expect(!line.contains("\u{1B}") && !line.contains("pid=") && !line.contains("See root cause above"))
        }
    }

    @Test("an error that is no lack of memory is among the lines shown")
    func shown() {
        let error = "AttributeError: '_OpNamespace' '_C_utils' object has no attribute 'init_cpu_threads_env'"
        #expect(Self.log("0.11.2/library").tellingLines == [error])
    }

    /// 0.14 writes a traceback of a chat template that is not there, and goes on.
    @Test("a start that succeeded says nothing of memory or ports")
    func complete() throws {
        let all = try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path).filter { $0.hasSuffix(".log") }
        let names = Set(all.map { String($0.dropLast(4)) })
        let started = names.filter { $0.hasSuffix("/started") }
        #expect(names.subtracting(started) == Set(Self.failures.map(\.log)), "every recorded failure is tested")
        #expect(started.count >= 3)
        for name in started {
            let log = Self.log(name)
            #expect(log.failure?.kind != .noMemory && log.failure?.kind != .portTaken, "\(name)")
            let text = EngineLog(path: Self.folder.appending(path: "\(name).log").path).tail(hiding: Secret("no key"))
            #expect(text.contains("100% Completed") && !text.contains("\r") && !text.contains("\u{1B}"), "\(name)")
        }
    }

    // MARK: Flags

    static let versions = ["0.14.1", "0.20.2", "0.32.0"]

    /// Flags, environment variables, and fields of the pooler's configuration that a version knows.
    private static func known(to version: String) throws -> Set<Substring> {
        let text = try String(contentsOf: folder.appending(path: "\(version)/known.txt"), encoding: .utf8)
        return Set(text.split(separator: "\n"))
    }

    @Test("sets only what the version knows", arguments: versions, ["", "+cpu"])
    func knows(version: String, build: String) async throws {
        let scratch = try Scratch()
        let python = scratch.path("python")
        try Script.write("#!/bin/sh\necho \(version)\(build)\n", to: URL(filePath: python))
        let dialect = VLLMDialect(installation: VLLMInstallation(venv: python))
        let known = try Self.known(to: version)
        try #require(known.count > 300)
        let plugin = EnginePlugin(name: "p", files: ["p/__init__.py": ""])
        let scorer = ScoringSetup(
            convert: "classify", overrides: ["method": #""from_2_way_softmax""#],
            pooler: ["task": #""token_classify""#, "pooling_type": #""ALL""#], plugin: plugin)
        for task in [EngineTask.generate, .score(scorer)] {
            let plan = try await dialect.launch(
                EngineConfiguration(
                    name: "m", model: "/m", arguments: [.init("kv-cache-memory-bytes", "256M")],
                    environment: ["VLLM_PLUGINS": "theirs"], task: task, contextLength: 4096, gpuShare: 0.5,
                    sleeps: true),
                port: 1)
            plan.removeTemporaries()
            for word in plan.arguments.dropFirst() where word.hasPrefix("--") {
                #expect(known.contains(word[...]), "\(version): \(word)")
            }
            for name in plan.environment.keys where name.hasPrefix("VLLM_") {
                #expect(known.contains(name[...]), "\(version): \(name)")
            }
            guard let index = plan.arguments.firstIndex(of: "--pooler-config") else { continue }
            let pooler = try JSONSerialization.jsonObject(with: Data(plan.arguments[index + 1].utf8)) as? [String: Any]
            for field in (pooler ?? [:]).keys { #expect(known.contains("pooler \(field)"), "\(version): \(field)") }
        }
    }
}
