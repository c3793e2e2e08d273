/// What a stretch of text means to the eye. Without colour, nothing may depend on it.
package enum Style: Sendable, Equatable {
    case plain
    case strong
    /// Secondary matters.
    case dim
    /// Accepted, correct, done.
    case green
    /// The target's, or worth a look.
    case yellow
    /// Rejected, wrong, failed.
    case red

    var code: String? {
        switch self {
        case .plain: nil
        case .strong: "1"
        case .dim: "2"
        case .green: "32"
        case .yellow: "33"
        case .red: "31"
        }
    }
}

/// When to use colour.
package enum ColourChoice: String, Sendable, CaseIterable {
    case auto, always, never

    /// - Parameter environment: `NO_COLOR` and `TERM=dumb` are honoured unless colour was asked for.
    package func isOn(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }
    }
}
