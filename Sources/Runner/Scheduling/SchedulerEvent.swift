import Decoding
import JobSpecs
import ModelLifecycle
import Support

/// What happens to a run, as its ``Scheduler`` learns of it.
package enum SchedulerEvent: Sendable {
    /// The engines of the group are up.
    case activated
    /// A model has answered.
    ///
    /// - Parameter asked: when; nil where what was asked for another request answered this one.
    case answered(RequestFingerprint, Event, asked: TimeSpan?)
    case failed(RequestFingerprint, RequestFailure)
    /// The entry of this number is on the disk. Entries arrive there in the order in which they were to be recorded.
    case recorded(Int)
    case trouble(EngineTrouble)
    case restarted(EngineID)
    /// The run is to stop: nothing new may be asked.
    case stopRequested
    /// Answers in flight are not to be waited for any longer.
    case drained
}

/// Why a request got no answer.
package enum RequestFailure: Sendable, Equatable {
    /// The engine is not there, or the request was cancelled.
    case unsent
    /// Asking again is of no use.
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
