import Foundation
import JobSpecs
import Testing

@testable import ModelLifecycle

@Suite("What is installed beside real vLLM", .onRealVLLM)
struct InstallationTests {
    @Test("versions, folders and the build are read without an import")
    func facts() async throws {
        let installation = VLLMInstallation(venv: nil)
        let facts = try #require(try await installation.facts())
        #expect(facts.vllm == (try await installation.version()).description)
        #expect(facts.python.wholeMatch(of: /3\.\d+\.\d+.*/) != nil && facts.executable.hasPrefix("/"))
        #expect(facts.torch != nil && (facts.packages["transformers"] ?? nil) != nil)
        let findings = try await VLLMDialect(installation: installation).findings(environment: [:])
        #expect(findings.allSatisfy { $0.severity != .error })
        let plugin = try #require(EnginePlugin.skywork.base)
        #expect(FileManager.default.fileExists(atPath: "\(try #require(facts.folder))/\(plugin)"))
    }
}
