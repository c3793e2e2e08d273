import Support

/// Something that happened to a trajectory. The journal is a list of events; replaying them restores the trajectory.
package enum Event: Sendable, Equatable {
    case generated(Generated)
    case scored(Scored)
    case likelihood(Likelihood)
    case failed(reason: String)
    /// A failure was cleared at the user's request: the trajectory continues from its previous state.
    case retried

    /// Whether it is a model's response.
    package var isAnswer: Bool {
        switch self {
        case .generated, .scored, .likelihood: true
        case .failed, .retried: false
        }
    }

    /// Whether it can be the response to a need.
    package func answers(_ need: Need) -> Bool {
        switch (self, need) {
        case (.generated(let answer), .generate(let wanted)):
            answer.role == wanted.role && answer.candidate == wanted.candidate
        case (.scored(let answer), .score(let wanted)):
            answer.role == wanted.role && answer.candidate == wanted.candidate
        case (.likelihood(let answer), .likelihood(let wanted)):
            answer.role == wanted.role && answer.candidate == wanted.candidate
        default: false
        }
    }

    /// The role whose model gave this response; nil if it is none.
    package var role: Role? {
        switch self {
        case .generated(let answer): answer.role
        case .scored(let answer): answer.role
        case .likelihood(let answer): answer.role
        case .failed, .retried: nil
        }
    }

    /// The candidate that it concerns, see ``Need/candidate``.
    package var candidate: Int {
        get {
            switch self {
            case .generated(let answer): answer.candidate
            case .scored(let answer): answer.candidate
            case .likelihood(let answer): answer.candidate
            case .failed, .retried: 0
            }
        }
        set {
            switch self {
            case .generated(var answer):
                answer.candidate = newValue
                self = .generated(answer)
            case .scored(var answer):
                answer.candidate = newValue
                self = .scored(answer)
            case .likelihood(var answer):
                answer.candidate = newValue
                self = .likelihood(answer)
            case .failed, .retried: break
            }
        }
    }
}

/// An event that does not match what the trajectory needs.
package struct UnexpectedEvent: ProgramError {
    package var description: String
    package var explanation: Explanation { Explanation("unexpected-event", .unexpected, description, remedy: nil) }

    package init(description: String) {
        self.description = description
    }
}
