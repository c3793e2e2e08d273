import Decoding
import JobSpecs
import RunStore
import Support

/// An event of a run, for observers.
package enum RunEvent: Sendable {
    /// An earlier process worked on this run: the state of all trajectories, and statistics of its engines.
    case resumed([Trajectory], RunFigures)
    /// What has been done by earlier processes and what is to do, before work begins.
    case work(WorkDone)
    /// A process on another machine held the run last; it is taken over after this many seconds without a heartbeat. Without
    /// seconds, the process is alive and its end is awaited.
    case awaitingLock(LockHolder?, seconds: Double?)
    /// Work begins: total number of trajectories, those already finished, and events replayed from the journal.
    case began(total: Int, finished: Int, replayed: Int)
    /// The job was changed: what was added or taken away, and the number of trajectories that a limit had cut and that go on.
    case grew([SpecIdentity.Change], goingOn: Int)
    /// Responses of other runs were taken over.
    case reused(answers: Int)
    /// A run's responses could not be taken over.
    case reuseFailed(String, reason: String)
    /// Leftover engine processes of an earlier run in this directory were stopped.
    case swept(count: Int)
    /// The choice of `residency: auto`, as one sentence with the reason.
    case choseResidency(String)
    /// The last trajectories get all their engines at once, which took turns before.
    case united(engines: [EngineID], trajectories: Int)
    /// The engines could not be up together, and take turns again.
    case parted(reason: String)
    case loading(engine: String)
    case loaded(EngineLoad)
    case woken(engine: String, seconds: Double)
    /// The resident engine was stopped or put to sleep to make room.
    case swapped
    case phaseBegan(wave: Int, roles: [Role], trajectories: Int)
    /// A trajectory took an event; it is passed in its new state. `asked` is when its request ran, if one was sent for it.
    case advanced(Trajectory, Event, asked: TimeSpan? = nil)
    case phaseEnded(wave: Int, roles: [Role], seconds: Double)
    /// An attempt failed and will be retried.
    case attemptFailed(TrajectoryID, reason: String)
    case trouble(EngineTrouble)
    case interrupting
    /// Everything is generated, and a grader that takes time begins.
    case grading(answers: Int, grader: String)
}
