import Decoding
import RunStore

/// A request to a model, for one trajectory and all others that need the same.
package struct InferenceRequest: Sendable {
    package let fingerprint: RequestFingerprint
    /// The trajectory that needed it first.
    package let id: TrajectoryID
    package let need: Need
    /// Seed of the request.
    package let seed: Int

    package init(_ need: Need, of id: TrajectoryID, in scope: RequestScope) {
        self.id = id
        self.need = need
        if case .generate(let wanted) = need { seed = scope.seed(wanted, of: id) } else { seed = 0 }
        fingerprint = scope.fingerprint(of: need, for: id, seed: seed)
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
