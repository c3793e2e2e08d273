import Decoding
import RunStore

/// What a run tells those who watch it.
package enum RunEvent: Sendable {
    /// An earlier process has worked on this run: how all trajectories stand, and what its engines did.
    case resumed([Trajectory], RunFigures)
    /// A process on another machine held the run last; it is taken over once no sign of life came from it for so long. Where
    /// there are no seconds it lives, and its end is waited for.
    case awaitingLock(LockHolder?, seconds: Double?)
    /// Work begins: trajectories in all, those already finished, and events found in the journal.
    case began(total: Int, finished: Int, replayed: Int)
    /// Leftover engine processes of an earlier run of this directory were ended.
    case swept(count: Int)
    /// The residency that `auto` came to, in one sentence that says why.
    case choseResidency(String)
    case loading(engine: String)
    case loaded(EngineLoad)
    case woken(engine: String, seconds: Double)
    /// The resident engine was stopped or put to sleep to make room.
    case swapped
    case phaseBegan(wave: Int, roles: [Role], trajectories: Int)
    /// A trajectory has taken in an event; it is given as it is now.
    case advanced(Trajectory, Event)
    case phaseEnded(wave: Int, roles: [Role], seconds: Double)
    /// An attempt failed and will be repeated.
    case attemptFailed(TrajectoryID, reason: String)
    case trouble(EngineTrouble)
    case interrupting
    /// All is generated, and a grader that takes its time begins.
    case grading(answers: Int, grader: String)
}
