import Decoding
import RunStore
import Support

/// A request to a model, for one trajectory and all others that need the same.
package struct InferenceRequest: Sendable {
    package let fingerprint: RequestFingerprint
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
        self.need = need
        if case .generate(let wanted) = need { seed = scope.seed(wanted, of: id) } else { seed = 0 }
        if case .score(let wanted) = need { readings = scope.readings(of: wanted, for: id) } else { readings = [] }
        fingerprint = scope.fingerprint(of: need, for: id, seed: seed)
    }
}

extension InferenceRequest {
    /// Whether it asks for the reward of the solution's last step: what the PRM reads then ends with it.
    var endsWithReading: Bool {
        if case .score(let wanted) = need { wanted.unscored.last == wanted.steps.count - 1 } else { false }
    }

    /// How a response to it came.
    func origin(of event: Event, asked: TimeSpan? = nil, source: Int? = nil) -> AnswerOrigin {
        var origin = AnswerOrigin(asked: asked, request: fingerprint, source: source)
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
        if case .generated(var answer) = event {
            answer.role = role
            event = .generated(answer)
        }
        return event
    }

    /// The role whose model gave this response.
    var role: Role {
        if case .generated(let answer) = self { answer.role } else { .prm }
    }
}
