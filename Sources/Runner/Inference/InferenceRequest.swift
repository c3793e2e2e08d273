import Decoding
import RunStore
import Support

/// A request to a model, for one trajectory and all others that need the same.
package struct InferenceRequest: Sendable {
    package let fingerprint: RequestFingerprint
    /// Of other requests whose responses serve as well, since they tell more than the trajectory needs, or all that it needs.
    let substitutes: [RequestFingerprint]
    /// Of the rewards that it asks for; see ``AnswerOrigin/readings``.
    let readings: [ReadingKey]
    /// The trajectory that needed it first.
    package let id: TrajectoryID
    package let need: Need
    /// Seed of the request.
    package let seed: Int
    /// Whether steps are wanted as they come: ``SchedulerEvent/progressed(_:_:)``.
    package var isFollowed = false

    package init(_ need: Need, of id: TrajectoryID, in scope: RequestScope) {
        self.id = id
        let needed = need
        let need = scope.detailed(need, of: id)
        self.need = need
        if case .generate(let wanted) = need { seed = scope.seed(wanted, of: id) } else { seed = 0 }
        if case .score(let wanted) = need { readings = scope.readings(of: wanted, for: id) } else { readings = [] }
        (fingerprint, substitutes) = scope.fingerprints(of: need, needed: needed, for: id, seed: seed)
    }
}

extension InferenceRequest {
    /// Its own fingerprint and those of other requests that serve as well.
    var all: [RequestFingerprint] { [fingerprint] + substitutes }

    /// Whether it asks for the reward of the solution's last step: what the PRM reads then ends with it.
    var endsWithReading: Bool {
        if case .score(let wanted) = need, !readings.isEmpty {
            wanted.unscored.last == wanted.steps.count - 1
        } else {
            false
        }
    }

    /// How a response to it came.
    ///
    /// - Parameter sent: the request that the response is to, if it may be another than this.
    func origin(
        of event: Event, asked: TimeSpan? = nil, source: Int? = nil, sent: RequestFingerprint? = nil
    ) -> AnswerOrigin {
        let request = all.first { $0.digest == sent?.digest } ?? fingerprint
        var origin = AnswerOrigin(asked: asked, request: request, source: source)
        if case .scored(let answer) = event, answer.isOnePass, answer.rewards.count == readings.count {
            origin.readings = readings
        }
        return origin
    }
}

extension Event {
    /// The same response for another need with an equal request.
    func answering(_ need: Need) -> Event { answering(need.role, candidate: need.candidate) }

    func answering(_ role: Role, candidate: Int) -> Event {
        var event = self
        event.candidate = candidate
        switch event {
        case .generated(var answer):
            answer.role = role
            event = .generated(answer)
        case .likelihood(var answer):
            answer.role = role
            event = .likelihood(answer)
        case .scored(var answer):
            answer.role = role
            event = .scored(answer)
        case .failed, .retried: break
        }
        return event
    }
}
