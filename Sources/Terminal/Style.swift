/// The meaning of a span of text. Nothing may depend on colour alone.
package enum Style: Sendable, Equatable {
    case plain
    case strong
    /// Secondary information.
    case dim
    /// Accepted, correct, done.
    case green
    /// Written by the target, or worth attention.
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

    /// - Parameter environment: `NO_COLOR` and `TERM=dumb` apply unless colour was requested.
    package func isOn(isTerminal: Bool, environment: [String: String]) -> Bool {
        switch self {
        case .always: true
        case .never: false
        case .auto:
            isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
        }
    }
}
