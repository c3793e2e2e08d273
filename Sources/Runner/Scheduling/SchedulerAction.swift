import Decoding
import JobSpecs

/// What a ``Scheduler`` wants done. Actions are carried out in their order, without waiting for what they lead to.
package enum SchedulerAction: Sendable {
    /// Make a group the resident one: answered by ``SchedulerEvent/activated``.
    case activate([EngineID])
    /// A group that will be needed next, as far as can be known; none where it is empty. A hint and no more.
    case prepare([EngineID])
    /// The engines are up, and are asked from now on.
    case beginPhase(SchedulerPhase)
    /// Nothing is in flight any more.
    case endPhase
    /// Answered by ``SchedulerEvent/answered(_:_:asked:)`` or ``SchedulerEvent/failed(_:_:)``.
    case send(InferenceRequest, to: EngineID)
    /// These need not be answered: each still ends with an answer or a failure.
    case cancel([RequestFingerprint])
    /// Answered by ``SchedulerEvent/recorded(_:)``.
    case record(JournalEntry)
    /// Answered by ``SchedulerEvent/restarted(_:)``.
    case restart(EngineID)
    /// Answers in flight may still arrive for a while: ended by ``SchedulerEvent/drained``.
    case drain
    case notify(RunEvent)
    /// Every trajectory is finished.
    case finish
    /// The run stops as was wished.
    case stop
    case giveUp(EngineUseless)
}

/// A group of engines at work.
package struct SchedulerPhase: Sendable, Equatable {
    var wave: Int
    var engines: [EngineID]
    /// Those that the engines serve.
    var roles: [Role]
    /// How many trajectories need one of the engines at its beginning.
    var trajectories: Int
}
