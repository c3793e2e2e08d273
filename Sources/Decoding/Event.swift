import Support

/// What happened to a trajectory. The journal is the list of these; replaying them gives the trajectory back.
package enum Event: Sendable, Equatable {
    case generated(Generated)
    case scored(Scored)
    case failed(reason: String)
    /// A failure is forgiven, by the user's wish: the trajectory goes on from where it stood.
    case retried

    /// Whether a model answered.
    package var isAnswer: Bool {
        switch self {
        case .generated, .scored: true
        case .failed, .retried: false
        }
    }

    /// Whether it may be the answer to a need.
    package func answers(_ need: Need) -> Bool {
        switch (self, need) {
        case (.generated(let answer), .generate(let wanted)):
            answer.role == wanted.role && answer.candidate == wanted.candidate
        case (.scored(let answer), .score(let wanted)): answer.candidate == wanted.candidate
        default: false
        }
    }

    /// The candidate that it is about; see ``Need/candidate``.
    package var candidate: Int {
        get {
            switch self {
            case .generated(let answer): answer.candidate
            case .scored(let answer): answer.candidate
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
            case .failed, .retried: break
            }
        }
    }
}

/// An event that does not answer what the trajectory needed.
package struct UnexpectedEvent: ProgramError {
    package var description: String
    package var explanation: Explanation { Explanation("unexpected-event", .unexpected, description, remedy: nil) }

    package init(description: String) {
        self.description = description
    }
}
