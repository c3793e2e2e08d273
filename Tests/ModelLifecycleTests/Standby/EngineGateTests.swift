import Foundation
import Support
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("A gate")
struct EngineGateTests {
    private let scratch: Scratch
    private let path: String

    init() throws {
        scratch = try Scratch()
        path = scratch.path("gate")
    }

    /// Whether somebody has it locked, as one sees it who waits there.
    private var isLocked: Bool {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0
    }

    @Test("is locked until it is opened, and then says so")
    func opened() throws {
        let gate = try EngineGate(path: path)
        #expect(isLocked && scratch.text("gate") == "")
        gate.open()
        #expect(!isLocked && scratch.text("gate") == EngineGate.word)
        gate.shut()
        #expect(scratch.text("gate") == EngineGate.word)
    }

    @Test("that nobody needs any more, or whose maker is gone, says nothing")
    func shut() throws {
        try EngineGate(path: path).shut()
        #expect(!isLocked && scratch.text("gate") == "")
    }

    @Test("is a file of its own")
    func taken() throws {
        try Data().write(to: URL(filePath: path))
        #expect(throws: FileFailure(path: path, errno: EEXIST)) { try EngineGate(path: path) }
    }

    @Test("is found by vLLM as a plugin, beside those that were there", arguments: [nil, "theirs"])
    func plugin(list: String?) async throws {
        let installation = VLLMInstallation(
            venv: nil, environment: ["RSD_BATCH_VLLM": "/bin/sh"], standardFolder: "/none")
        let dialect = VLLMDialect(installation: installation)
        let plugin = EnginePlugin(name: "ours", files: ["ours/__init__.py": ""])
        var configuration = EngineConfiguration(
            name: "prm", model: "/m", environment: ["PYTHONPATH": "/mine"],
            task: .score(ScoringSetup(plugin: plugin)))
        configuration.environment["VLLM_PLUGINS"] = list
        let plan = try await dialect.launch(configuration, port: 4000)
        defer { plan.removeTemporaries() }
        #expect(plan.gate == nil && plan.environment["RSD_BATCH_GATE"] == nil)
        let held = try #require(try dialect.held(plan, configuration))
        let room = try #require(held.temporaries.first)
        #expect(held.gate == room + "/gate" && held.environment["RSD_BATCH_GATE"] == held.gate)
        #expect(held.environment["PYTHONPATH"] == room + "/plugins:/mine")
        #expect(held.environment["VLLM_PLUGINS"] == list.map { $0 + ",ours,rsd_batch_gate" })
        let entry = room + "/plugins/rsd_batch_gate-1.0.dist-info/entry_points.txt"
        #expect(try String(contentsOfFile: entry, encoding: .utf8).contains("[vllm.general_plugins]"))
        #expect(FileManager.default.fileExists(atPath: room + "/plugins/ours/__init__.py"))
    }
}
