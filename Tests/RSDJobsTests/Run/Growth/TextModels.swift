import Foundation
@testable import ModelDoubles
import Synchronization

@testable import Decoding
@testable import JobSpecs
@testable import RunStore
@testable import Runner
@testable import Support

/// Deterministic models: what they write depends only on what a real one's text would, and a limit only cuts it.
final class TextModels: Sendable {
    private struct State {
        var asked: [RequestFingerprint: Int] = [:]
        var left: Int?
    }

    private let questions: [String: String]
    private let sampling: Sampling
    private let models: [Role: String]
    private let state: Mutex<State>
    private let interruption: Interruption
    private let observe: @Sendable (InferenceRequest) -> Void

    /// - Parameter limit: answers after which the run is asked to stop.
    init(
        _ job: LoadedJob, stoppingAfter limit: Int? = nil, _ interruption: Interruption = Interruption(),
        asking observe: @escaping @Sendable (InferenceRequest) -> Void = { _ in }
    ) {
        self.observe = observe
        questions = Dictionary(
            uniqueKeysWithValues: job.allProblems.flatMap { name, problems in
                problems.map { ("\(name)/\($0.id)", $0.question) }
            })
        sampling = job.spec.decoding.sampling
        models = job.models.mapValues(\.fingerprint)
        state = Mutex(State(left: limit))
        self.interruption = interruption
    }

    /// How often each request was sent.
    var asked: [RequestFingerprint: Int] { state.withLock { $0.asked } }

    var engines: FakeEngines { FakeEngines { request, _, _ in .give(self.answer(request)) } }

    private func answer(_ request: InferenceRequest) -> Event {
        let isLast = state.withLock { state -> Bool in
            state.asked[request.fingerprint, default: 0] += 1
            state.left = state.left.map { $0 - 1 }
            return state.left == 0
        }
        observe(request)
        if isLast { interruption.raise(to: .draining) }
        return event(for: request)
    }

    private func event(for request: InferenceRequest) -> Event {
        let question = questions["\(request.id.dataset)/\(request.id.problem)"] ?? "?"
        switch request.need {
        case .generate(let wanted):
            let isGreedy = (wanted.sampling ?? sampling).temperature == 0
            return .generated(write(wanted, question, seed: isGreedy ? 0 : request.seed))
        case .likelihood(let wanted): return .likelihood(.fake(wanted) { 1 + $0.count / 2 })
        case .score(let wanted):
            return .scored(
                Scored(
                    role: wanted.role,
                    rewards: wanted.unscored.map {
                        Self.hash(["reward", question] + wanted.steps[...$0]).uniform
                    },
                    tokens: wanted.unscored.map { 1 + wanted.steps[$0].count / 2 },
                    promptTokens: wanted.steps.reduce(3) { $0 + 1 + $1.count / 2 },
                    isOnePass: wanted.unscored.last == wanted.steps.count - 1,
                    candidate: wanted.candidate))
        }
    }

    private func write(_ wanted: Generation, _ question: String, seed: Int) -> Generated {
        var (steps, room, end) = ([StepText](), wanted.maxTokens, StepEnd.delimiter)
        while end == .delimiter, steps.isEmpty || !wanted.stopsAtDelimiter {
            var hash = Self.hash(
                [models[wanted.role] ?? "", question, "\(seed)"] + wanted.steps + steps.map(\.text))
            let isEnd = hash.uniform < 0.25
            hash.combine("length")
            let length = 2 + Int(hash.value % 5)
            let written = min(length, room)
            let word = String(hash.value % 1000)
            steps.append(
                StepText(
                    text: Array(repeating: word, count: written).joined(separator: " ")
                        + (written < length ? "" : isEnd ? "" : "\n\n"),
                    tokens: written))
            room -= written
            end = written < length ? .maxTokens : isEnd ? .eos : room == 0 ? .maxTokens : .delimiter
            if room == 0, end == .maxTokens, written == length, !isEnd { steps[steps.count - 1].text = word }
        }
        if wanted.detail > .text {
            for index in steps.indices {
                steps[index].likelihoods = .fake(
                    of: steps[index].text, by: wanted.role, tokens: steps[index].tokens)
            }
        }
        return Generated(role: wanted.role, steps: steps, end: end, promptTokens: 5, candidate: wanted.candidate)
    }

    private static func hash(_ parts: [String]) -> StableHash {
        var hash = StableHash()
        for part in parts { hash.combine(part) }
        return hash
    }
}
