import Foundation

/// Forked engines must answer as those that were spawned.
extension EngineStarter {
    /// - Throws: ``CanaryError``, ``EngineAnswerError``.
    func check(_ instance: EngineInstance, _ advice: WarmStarts.Advice, _ plan: LaunchPlan) async throws {
        guard let warmStarts, let launch = plan.warm else { return }
        let canary = Canary(task: configuration.task)
        if instance.kind != .warm {
            // What goes wrong here shows when the engine is asked.
            guard let answer = try? await canary.ask(instance.client) else { return }
            return await warmStarts.note(answer, of: configuration, launch)
        }
        if case .fork(let expected?) = advice {
            guard try await canary.ask(instance.client).agrees(with: expected) else {
                throw CanaryError(description: "it answers otherwise than when it was spawned")
            }
        }
        await warmStarts.succeeded()
    }

    /// What is wrong with a start, where that it was forked may be the reason.
    func faultOfFork(_ error: any Error) -> String? {
        switch error {
        // It would not have come up otherwise either.
        case let error as EngineError where error.isExplained: nil
        case let error as EngineError:
            switch (error.code, error.exit) {
            // Somebody else killed it.
            case (.diedDuringStart, .signalled(SIGKILL)), (.diedDuringStart, .signalled(SIGTERM)): nil
            case (.diedDuringStart, .unknown), (.noMemory, _), (.stopped, _): nil
            default: error.message
            }
        case let error as CanaryError: error.description
        case let error as EngineAnswerError: "\(error)"
        default: nil
        }
    }
}
