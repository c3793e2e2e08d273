import Decoding
import JobSpecs
import RunStore
import Support

/// The engines of one group, up and ready, as a phase sees them.
package protocol Crew: Sendable {
    /// Puts a request to its model.
    ///
    /// - Throws: ``EngineGone`` where the engine is no longer there, ``PermanentFailure`` where asking again is of no use,
    ///   anything else for an attempt that failed.
    func answer(_ request: InferenceRequest) async throws -> Answer

    /// Returns when an engine has died or makes no progress, or when the task is cancelled.
    func trouble() async -> EngineTrouble?

    /// Tokens that the speculator of an engine wrote ahead since it was last asked this, and those of them that were taken; nil
    /// where none did.
    func speculation() async -> RunFigures.Speculation?

    /// Brings one engine up afresh.
    func restart(_ engine: EngineID) async throws
}

/// Something that only a restart mends.
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

/// A request could not be put because its engine is not there.
struct EngineGone: Error {}

/// An engine that cannot be made to work; what was journalled stays good.
package struct EngineUseless: ProgramError {
    package var engines: [EngineID]
    package var reason: String

    package var explanation: Explanation {
        Explanation(
            "engine-useless", .engine,
            "giving up on the \(engines.map(\.name).joined(separator: ", ")) engine: \(reason)",
            remedy: "Nothing that was done is lost: see its log, fix the cause and run the same command again.")
    }
}
