import Decoding
import JobSpecs
import ModelLifecycle
import Support
import RunStore

/// An event for a ``Scheduler``.
package enum SchedulerEvent: Sendable {
    /// The engines of the group are up.
    case activated
    /// The engines of a tail do not come up together, or one of them not again.
    case unavailable(reason: String)
    /// What starts and wake-ups take, as far as they were seen.
    case arrivalsTimed(ArrivalCosts)
    /// A model has written more whole steps: all that there are so far.
    case progressed(RequestFingerprint, Generated)
    /// A model has responded.
    ///
    /// - Parameter asked: when its request ran; nil if the response came from another request.
    case answered(RequestFingerprint, Event, asked: TimeSpan?)
    case failed(RequestFingerprint, RequestFailure)
    /// The entry of this number is on disk. Entries are written in the order in which they were recorded.
    case recorded(Int)
    /// What an engine reports of itself.
    case measured(EngineID, EngineMetrics)
    case trouble(EngineTrouble)
    case restarted(EngineID)
    /// The run must stop: send nothing new.
    case stopRequested
    /// The wait for responses in flight is over.
    case drained
}

/// Why a request got no response.
package enum RequestFailure: Sendable, Equatable {
    /// The engine is gone, or the request was cancelled.
    case unsent
    /// Retrying cannot help.
    case permanent(String)
    case attempt(String)
}

extension RequestFailure {
    init(_ error: any Error) {
        switch error {
        case is EngineGone: self = .unsent
        case is PermanentFailure: self = .permanent("\(error)")
        default: self = .attempt("\(error)")
        }
    }
}
