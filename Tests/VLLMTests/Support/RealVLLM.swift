import ModelLifecycle
import Testing

/// Sees that there is a vLLM, and lets one test run at a time: each has several processes that use all cores.
///
/// Without vLLM a test fails; it is never skipped.
struct RealVLLMTrait: SuiteTrait, TestTrait, TestScoping {
    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await RealVLLM.shared.enter()
        do {
            try await function()
            await RealVLLM.shared.leave()
        } catch {
            await RealVLLM.shared.leave()
            throw error
        }
    }
}

extension Trait where Self == RealVLLMTrait {
    static var onRealVLLM: RealVLLMTrait { RealVLLMTrait() }
}

private actor RealVLLM {
    static let shared = RealVLLM()
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private let version = Task { try await VLLMDialect(installation: VLLMInstallation(venv: nil)).version() }

    func enter() async throws {
        do {
            _ = try await version.value
        } catch {
            throw NoVLLM(reason: "\(error)")
        }
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        }
        isTaken = true
    }

    func leave() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}

struct NoVLLM: Error, CustomStringConvertible {
    var reason: String
    var description: String {
        "These tests need real vLLM, and `make test-vllm` sets it up before it runs them. \(reason)"
    }
}
