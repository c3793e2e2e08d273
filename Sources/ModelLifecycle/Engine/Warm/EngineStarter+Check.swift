import Foundation

/// Checks that forked engines respond like spawned ones.
extension EngineStarter {
    /// - Throws: ``CanaryError``, ``EngineAnswerError``.
    func check(_ instance: EngineInstance, _ advice: WarmStarts.Advice, _ plan: LaunchPlan) async throws {
        guard let warmStarts, let launch = plan.warm else { return }
        let canary = Canary(task: configuration.task)
        if instance.kind != .warm {
            // Ignored: a fault shows up with the first request.
            guard let answer = try? await canary.ask(instance.client) else { return }
            return await warmStarts.note(answer, of: configuration, launch)
        }
        if case .fork(let expected?) = advice {
            guard try await canary.ask(instance.client).agrees(with: expected) else {
                throw CanaryError(description: "its response differs from that of the spawned engine")
            }
        }
        await warmStarts.succeeded()
    }

    /// Why a start failed, if forking may be the cause.
    func faultOfFork(_ error: any Error) -> String? {
        switch error {
        // It would have failed without the fork, too.
        case let error as EngineError where error.isExplained: nil
        case let error as EngineError:
            switch (error.code, error.exit) {
            // It was killed from outside.
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
