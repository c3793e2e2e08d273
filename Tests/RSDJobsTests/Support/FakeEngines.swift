import Foundation
@testable import ModelDoubles
import Synchronization

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

/// Engines that answer as a test tells them to.
final class FakeEngines: Sendable {
    enum Behaviour: Sendable {
        case answer
        case give(Event)
        case answerAfter(Latch<Void>)
        case fail(String)
        case unanswerable(String)
        /// The engine dies while it works on this.
        case die
        /// Nothing ever comes; the engine is found to stall.
        case hang
    }

    private struct State {
        var asked: [TrajectoryID] = []
        var inFlight: [Role: Int] = [:]
        var mostInFlight: [Role: Int] = [:]
        var restarted: [EngineID] = []
        var down = false
        var troubleWaiters: [CheckedContinuation<EngineTrouble?, Never>] = []
        var pendingTrouble: EngineTrouble?
    }

    private let state = Mutex(State())
    private let behaviour: @Sendable (InferenceRequest, _ timesAsked: Int, _ restarts: Int) -> Behaviour

    private let restarting: @Sendable () async throws -> Void

    init(
        _ behaviour: @escaping @Sendable (InferenceRequest, _ timesAsked: Int, _ restarts: Int) -> Behaviour = {
            _, _, _ in
            .answer
        },
        restart: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.behaviour = behaviour
        restarting = restart
    }

    var asked: [TrajectoryID] { state.withLock { $0.asked } }
    var restarts: Int { restarted.count }
    var restarted: [EngineID] { state.withLock { $0.restarted } }
    var mostInFlight: [Role: Int] { state.withLock { $0.mostInFlight } }

    func answer(_ request: InferenceRequest, _ progress: AnswerProgress? = nil) async throws -> Answer {
        let role = request.need.role
        let (times, restarts, down) = state.withLock { state in
            state.asked.append(request.id)
            state.inFlight[role, default: 0] += 1
            state.mostInFlight[role] = max(state.mostInFlight[role, default: 0], state.inFlight[role, default: 0])
            return (state.asked.count { $0 == request.id }, state.restarted.count, state.down)
        }
        defer { state.withLock { $0.inFlight[role, default: 0] -= 1 } }
        if down { throw EngineGone() }
        await Task.yield()
        let behaviour = behaviour(request, times, restarts)
        switch behaviour {
        case .answer, .answerAfter:
            if case .answerAfter(let latch) = behaviour { try await latch.wait() }
            if state.withLock({ $0.down }) { throw EngineGone() }
            return Answer(event: Self.event(for: request))
        case .give(let event): return Answer(event: event)
        case .fail(let reason): throw FailedAttempt(description: reason)
        case .unanswerable(let reason): throw PermanentFailure(reason: reason)
        case .die:
            raise(.died(EngineID(role.rawValue), how: "signal 9"))
            throw EngineGone()
        case .hang:
            raise(.stalled(EngineID(role.rawValue), seconds: 1))
            try await Task.sleep(for: .seconds(3600))
            throw EngineGone()
        }
    }

    func trouble() async -> EngineTrouble? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now: EngineTrouble?? = state.withLock { state in
                    if let trouble = state.pendingTrouble { return .some(trouble) }
                    if Task.isCancelled { return .some(nil) }
                    state.troubleWaiters.append(continuation)
                    return nil
                }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            resumeWaiters(with: nil)
        }
    }

    func restart(_ engine: EngineID) async throws {
        try await restarting()
        state.withLock { state in
            state.restarted.append(engine)
            state.down = false
            state.pendingTrouble = nil
        }
    }

    private func raise(_ trouble: EngineTrouble) {
        state.withLock { state in
            state.down = true
            state.pendingTrouble = trouble
        }
        resumeWaiters(with: trouble)
    }

    private func resumeWaiters(with trouble: EngineTrouble?) {
        let waiters = state.withLock { state in
            defer { state.troubleWaiters = [] }
            return state.troubleWaiters
        }
        waiters.forEach { $0.resume(returning: trouble) }
    }

    /// Drafts two steps and the end, scores 1, and so finishes each trajectory with few requests.
    static func event(for request: InferenceRequest) -> Event {
        switch request.need {
        case .generate(let wanted):
            .generated(
                Generated(
                    role: wanted.role,
                    steps: [StepText(text: "one\n\n", tokens: 2), StepText(text: "two", tokens: 2)], end: .eos,
                    promptTokens: 3, candidate: wanted.candidate))
        case .likelihood(let wanted): .likelihood(.fake(wanted) { _ in 2 })
        case .score(let wanted):
            .scored(
                Scored(
                    rewards: wanted.unscored.map { _ in 1 }, tokens: wanted.unscored.map { _ in 2 }, promptTokens: 7,
                    candidate: wanted.candidate))
        }
    }
}
