import Foundation
import RunnerSupport
import Testing

/// The processes of the vLLM that a job has up: what it started, which is the API server, and that one's children.
struct VLLMProcesses {
    var server: pid_t
    /// The process that holds the model.
    var core: pid_t
    var all: [pid_t]

    /// nil while one of them is not there yet.
    init?(_ job: VLLMJob) {
        guard let server = job.presentEngine()?.pid, let all = try? job.livingEngines(),
            let core = all.first(where: {
                ProcessFacts.commandLine(of: $0).first?.hasPrefix("VLLM::EngineCore") == true
            })
        else { return nil }
        (self.server, self.core, self.all) = (server, core, all)
    }

    var areGone: Bool { all.allSatisfy(ProcessFacts.isDead) }
}

extension VLLMJob {
    /// Waits until an engine has both its processes.
    ///
    /// - Parameter earlier: of an engine that died before, whose place another takes.
    func untilStarting(_ runner: RunnerProcess, after earlier: VLLMProcesses? = nil) async throws -> VLLMProcesses {
        var found: VLLMProcesses?
        _ = await runner.reached {
            found = VLLMProcesses(self).flatMap { $0.server == earlier?.server ? nil : $0 }
            return found != nil
        }
        return try #require(found, "\(runner.standardError)")
    }

    /// Waits until the engine has given some answers, and is far from having given all.
    ///
    /// - Parameter earlier: of an engine that died before, whose place another takes.
    func untilAtWork(_ runner: RunnerProcess, after earlier: VLLMProcesses? = nil) async throws -> VLLMProcesses {
        let done = eventCount
        _ = try await untilStarting(runner, after: earlier)
        let isAtWork = await runner.reached { eventCount >= done + 2 }
        try #require(isAtWork, "\(runner.standardError)")
        return try #require(VLLMProcesses(self), "\(runner.standardError)")
    }

    /// Nothing of any engine is left, and the ledger says so.
    func expectNoEngine(sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(try livingEngines().isEmpty, sourceLocation: sourceLocation)
        #expect(try starts().allSatisfy(\.isStopped), sourceLocation: sourceLocation)
    }
}
