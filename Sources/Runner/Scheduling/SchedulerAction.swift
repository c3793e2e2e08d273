import Decoding
import JobSpecs
import RunStore

/// An action of a ``Scheduler``. Actions are carried out in order, without waiting for their results.
package enum SchedulerAction: Sendable {
    /// Make a group the resident one; answered by ``SchedulerEvent/activated``.
    case activate([EngineID])
    /// Set engines of all groups up so that they can be resident together, and make them so; answered by
    /// ``SchedulerEvent/activated`` or ``SchedulerEvent/unavailable(reason:)``. The next ``activate(_:)`` sets them up as before.
    case unite([EngineID])
    /// The group that is likely to be needed next; empty if unknown. Only a hint.
    case prepare([EngineID])
    /// The engines are up, and requests to them follow.
    case beginPhase(SchedulerPhase)
    /// Nothing is in flight any more.
    case endPhase
    /// Answered by ``SchedulerEvent/answered(_:_:asked:)`` or ``SchedulerEvent/failed(_:_:)``.
    case send(InferenceRequest, to: EngineID)
    /// Stop the model that responds to this request: it is answered with what was written.
    case end(RequestFingerprint)
    /// Cancel these requests: each still ends with a response or a failure.
    case cancel([RequestFingerprint])
    /// Answered by ``SchedulerEvent/recorded(_:)``.
    case record(JournalEntry)
    /// Answered by ``SchedulerEvent/restarted(_:)``.
    case restart(EngineID)
    /// Wait a while for responses in flight; ended by ``SchedulerEvent/drained``.
    case drain
    case notify(RunEvent)
    /// Every trajectory is finished.
    case finish
    /// The run stops as requested.
    case stop
    case giveUp(EngineUseless)
}

/// A group of engines at work.
package struct SchedulerPhase: Sendable, Equatable {
    package var wave: Int
    package var engines: [EngineID]
    /// The roles that the engines serve.
    package var roles: [Role]
    /// Number of trajectories that need one of the engines at its beginning.
    package var trajectories: Int
}
