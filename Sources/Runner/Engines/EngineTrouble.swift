import JobSpecs
import Support

/// A fault of an engine that requires a restart.
package enum EngineTrouble: Sendable, Equatable, CustomStringConvertible {
    case died(EngineID, how: String)
    case stalled(EngineID, seconds: Double)

    package var engine: EngineID {
        switch self {
        case .died(let engine, _), .stalled(let engine, _): engine
        }
    }

    package var description: String {
        switch self {
        case .died(let engine, let how): "the \(engine) engine died (\(how))"
        case .stalled(let engine, let seconds):
            "the \(engine) engine made no progress for \(seconds.formatted()) seconds"
        }
    }
}

/// A request could not be sent because its engine has ended.
struct EngineGone: Error {}

/// An engine that keeps failing. The journal stays valid.
package struct EngineUseless: ProgramError {
    package var engines: [EngineID]
    package var reason: String

    package var explanation: Explanation {
        Explanation(
            "engine-useless", .engine,
            "giving up on the \(engines.map(\.name).joined(separator: ", ")) engine: \(reason)",
            remedy: "No results are lost: see its log, fix the cause, and run the same command again.")
    }
}
