import Foundation
import Testing

@testable import ModelLifecycle

@Suite("vLLM plugins of this program")
struct VLLMPluginTests {
    private let plugin = EnginePlugin(
        name: "ours", files: ["ours/__init__.py": "x = 1\n", "ours-1.0.dist-info/entry_points.txt": "[a]\n"])

    private func plan(_ environment: [String: String]) async throws -> LaunchPlan {
        let installation = VLLMInstallation(
            venv: nil, environment: ["RSD_BATCH_VLLM": "/bin/sh"], standardFolder: "/none")
        return try await VLLMDialect(installation: installation).launch(
            EngineConfiguration(
                name: "prm", model: "/models/prm", environment: environment,
                task: .score(ScoringSetup(plugin: plugin))), port: 4000)
    }

    @Test("a plugin lies on PYTHONPATH while the engine lives")
    func onPythonPath() async throws {
        let plan = try await plan(["PYTHONPATH": "/mine"])
        let path = try #require(plan.environment["PYTHONPATH"]).split(separator: ":").map(String.init)
        #expect(path.count == 2 && path[1] == "/mine")
        #expect(try String(contentsOfFile: path[0] + "/ours/__init__.py", encoding: .utf8) == "x = 1\n")
        #expect(FileManager.default.fileExists(atPath: path[0] + "/ours-1.0.dist-info/entry_points.txt"))
        plan.removeTemporaries()
        #expect(!FileManager.default.fileExists(atPath: path[0]))
    }

    @Test("a plugin is added to the user's list of plugins")
    func usersList() async throws {
        for (given, expected) in [(nil, nil), ("", nil), ("theirs", "theirs,ours")] as [(String?, String?)] {
            let plan = try await plan(given.map { ["VLLM_PLUGINS": $0] } ?? [:])
            #expect(plan.environment["VLLM_PLUGINS"] == expected)
            plan.removeTemporaries()
        }
    }
}
