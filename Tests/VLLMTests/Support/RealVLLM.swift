import ModelLifecycle
import RunnerSupport
import Testing

/// Sees that there is a vLLM, and lets one test run at a time: each has several processes that use all cores.
///
/// Without vLLM a test fails; it is never skipped.
struct RealVLLMTrait: SuiteTrait, TestTrait, TestScoping {
    private static let slots = Slots(1)
    private static let version = Task { try await VLLMDialect(installation: VLLMInstallation(venv: nil)).version() }

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        do {
            _ = try await Self.version.value
        } catch {
            throw NoVLLM(reason: "\(error)")
        }
        try await Self.slots.hold(function)
    }
}

extension Trait where Self == RealVLLMTrait {
    static var onRealVLLM: RealVLLMTrait { RealVLLMTrait() }
}

struct NoVLLM: Error, CustomStringConvertible {
    var reason: String
    var description: String {
        "These tests need real vLLM, and `make test-vllm` sets it up before it runs them. \(reason)"
    }
}
