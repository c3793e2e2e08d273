import Foundation
import TestSupport
import Testing

@testable import ModelLifecycle

@Suite("The flags of real vLLM", .onRealVLLM)
struct FlagTests {
    @Test("its parser tells names, types, choices and switches; a GPU build without a GPU tells them too")
    func asked() async throws {
        let scratch = try Scratch()
        let installation = VLLMInstallation(venv: nil)
        let (python, facts) = (try await installation.python(), try #require(try await installation.facts()))
        // The same vLLM under the version of a GPU build, for which there is no device here.
        let version = try #require(facts.vllm).replacing(/\+.*/, with: "")
        try scratch.write(
            "Metadata-Version: 2.1\nName: vllm\nVersion: \(version)\n", to: "vllm-\(version).dist-info/METADATA")
        var tables: [EngineFlags] = []
        for path in [nil, scratch.url.path] {
            var environment = ProcessInfo.processInfo.environment
            environment["PYTHONPATH"] = path
            let table = VLLMFlagTable(
                python: python, facts: facts, environment: environment, folder: scratch.path("cache"))
            tables.append(try await table.flags(willAsk: { _ in }))
        }
        #expect(tables[0].all.map(\.name) == tables[1].all.map(\.name))
        func flag(_ name: String) throws -> EngineFlag { try #require(tables[0].all.first { $0.name == name }) }
        #expect(try flag("dtype").choices?.contains("bfloat16") == true)
        #expect(try flag("tensor-parallel-size").accepts?.isSuperset(of: [.decimal]) == false)
        #expect(try flag("tensor-parallel-size").takes("2") && !flag("tensor-parallel-size").takes("two"))
        #expect(try flag("tensor-parallel-size").short == ["tp"])
        #expect(try flag("max-model-len").takes("16k") && flag("gpu-memory-utilization").takes("0.9"))
        #expect(try flag("enforce-eager").negations == ["no-enforce-eager"] && flag("enforce-eager").takes == .nothing)
        #expect(try flag("hf-overrides").takes(#"{"a": 1}"#) && !flag("hf-overrides").takes("{a}"))
        #expect(try flag("compilation-config").keys?.contains("cudagraph_capture_sizes") == true)
    }
}
