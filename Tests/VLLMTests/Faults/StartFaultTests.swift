import Foundation
import RunnerSupport
import Testing

@testable import ModelLifecycle

/// A vLLM that cannot start is explained in a sentence with the remedy, and the run stops, resumable.
@Suite(.onRealVLLM) struct StartFaultTests {
    struct Mistake: Sendable, CustomTestStringConvertible {
        var what: String
        /// Of every engine.
        var arguments: [String] = []
        var cache = VLLMSetup().cache
        /// Values of the draft's config.json to replace.
        var config: [String: String] = [:]
        var words: [String]
        /// The first version that can make the mistake.
        var since = VLLMVersion.oldest
        var testDescription: String { what }
    }

    static let mistakes = [
        Mistake(
            what: "a flag that vLLM does not know", arguments: ["max-modle-len: 512"],
            words: ["does not know --max-modle-len", "`args`", "vllm serve --help=all"]),
        Mistake(
            what: "a value that vLLM does not know", arguments: ["kv-cache-dtype: pigeon"],
            words: ["the value of --kv-cache-dtype", "pigeon", "correct it in the job's `args`"]),
        Mistake(
            what: "a context longer than the checkpoint's", arguments: ["max-model-len: 5000"],
            words: ["a context of 5000 tokens is longer than the checkpoint's own", "`context: 5000`"]),
        Mistake(
            what: "an architecture that vLLM does not have", config: ["architectures": #"["Qwen9ForCausalLM"]"#],
            words: ["this vLLM cannot serve the architecture Qwen9ForCausalLM"]),
        Mistake(
            what: "a configuration that does not fit the weights", config: ["intermediate_size": "320"],
            words: ["config.json and its weights do not fit together", "copy the checkpoint again"]),
        Mistake(
            what: "a cache too small for one request", cache: "512K",
            // Before, the CPU build's cache is a whole GiB at least.
            words: ["needs", "GiB of KV cache", "shorter `context`"], since: VLLMVersion.Release(0, 20, 0)),
    ]

    @Test(arguments: mistakes)
    func isExplained(_ mistake: Mistake) async throws {
        let version = try await VLLMInstallation(venv: nil).version()
        if let release = version.release, release < mistake.since {
            return print("not on vLLM \(version): \(mistake.what)")
        }
        var setup = VLLMSetup(arguments: mistake.arguments, cache: mistake.cache)
        let copy = try mistake.config.isEmpty ? nil : CheckpointCopy(of: setup.draft, replacing: mistake.config)
        defer { copy?.remove() }
        setup.draft = copy?.path ?? setup.draft
        let job = try VLLMJob(setup)
        let run = try await job.run()
        #expect(run.code == 4, "\(run.messages)")
        for words in mistake.words { #expect(run.messages.contains(words), "'\(words)' in \(run.messages)") }
        #expect(run.messages.contains("\(job.directory.logs.path)/draft-1.log"), "\(run.messages)")
        // It would fail again.
        #expect(try job.engineStarts().count == 1)
        try job.expectNoEngine()
    }

    @Test("a model that is not there: refused before anything starts; and vLLM's own words for it")
    func noModel() async throws {
        let job = try VLLMJob(VLLMSetup(draft: "/no/such/model"))
        let run = try await job.run()
        #expect(run.code == 2, "\(run.messages)")
        #expect(run.messages.contains("there is no directory /no/such/model"), "\(run.messages)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))

        try FileManager.default.createDirectory(at: job.directory.url, withIntermediateDirectories: true)
        let engine = Engine(
            configuration: EngineConfiguration(name: "draft", model: "/no/such/model"),
            dialect: VLLMDialect(installation: VLLMInstallation(venv: nil)),
            ledger: try EngineLedger(path: job.directory.engines.path), logDirectory: job.directory.logs.path)
        let error = await #expect(throws: EngineError.self) { try await engine.start() }
        #expect(error?.code == .diedDuringStart)
        #expect(
            error?.message.contains("there is no checkpoint at the model's path") == true,
            "\(String(describing: error))")
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

/// A checkpoint with another config.json.
private struct CheckpointCopy {
    let path: String

    init(of original: String, replacing values: [String: String]) throws {
        let copy = FileManager.default.temporaryDirectory.appending(path: "rsd-model-\(UUID().uuidString)")
        try FileManager.default.copyItem(atPath: original, toPath: copy.path)
        path = copy.path
        let file = copy.appending(path: "config.json")
        var config = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] ?? [:]
        for (key, text) in values {
            config[key] = try JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
        }
        try JSONSerialization.data(withJSONObject: config).write(to: file)
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
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
