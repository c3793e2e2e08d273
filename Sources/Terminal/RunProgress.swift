import Decoding
import RunStore
import Runner
import Support

/// The progress of a run, from its events.
package struct RunProgress: Sendable {
    package let job: String
    /// Clock readings, in seconds.
    package let begin: Double
    package private(set) var total: Int?
    package private(set) var finished = 0
    package private(set) var failed = 0
    package private(set) var swaps = 0
    package private(set) var retries = 0
    /// Wave of the current or last phase; 0 before the first.
    package private(set) var wave = 0
    package private(set) var phase: PhaseProgress?
    /// The engine that is starting, and since when.
    package private(set) var loading: (engine: String, since: Double)?
    package private(set) var isStopping = false
    package private(set) var isGrading = false
    /// The PRM's verdicts so far, including those of earlier processes.
    package private(set) var verdicts = Verdicts()

    private var work: WorkDone?
    private var forecast: (at: Double, left: Double?) = (0, nil)
    private var verdictsByID: [TrajectoryID: Verdicts] = [:]
    private var loads: [Load] = []

    /// An engine start.
    package struct Load: Sendable, Equatable {
        package var engine: String
        package var seconds: Double
    }

    /// Failures and retries of one phase that get a line each; the rest are counted.
    static let toldPerPhase = 5

    package init(job: String, begin: Double) {
        self.job = job
        self.begin = begin
    }

    /// Takes in an event.
    ///
    /// - Returns: the notes that deserve a line of their own.
    package mutating func take(_ event: RunEvent, at seconds: Double) -> [Note] {
        account(event, at: seconds)
        switch event {
        case .work: return []
        case .resumed(let trajectories, let figures):
            swaps = figures.swaps
            failed = trajectories.count { $0.response.finish == .failed }
            for trajectory in trajectories {
                verdictsByID[trajectory.id] = trajectory.verdicts
                verdicts = verdicts + trajectory.verdicts
            }
            return []
        case .began(let total, let finished, let replayed):
            self.total = total
            self.finished = finished
            return [.began(total: total, finished: finished, replayed: replayed)]
        case .awaitingLock(let holder, let seconds):
            let who = holder?.description ?? "another process"
            let text =
                seconds.map {
                    "\(who) held this run last; checking for up to \(NumberFormat.duration($0)) whether it is still running"
                } ?? "\(who) is working on this run; waiting for it to end"
            return [.message(text, .yellow)]
        case .swept(let count): return [.swept(count: count)]
        case .grew(let changes, let goingOn):
            let added = changes.map { "\n\($0)" }.joined()
            let more =
                goingOn > 0
                ? "\n\(NumberFormat.counted(goingOn, "trajectory", "trajectories")) that a limit had cut will go on"
                : ""
            return [.message("the job was changed, and its run goes on:" + added + more, .plain)]
        case .reused(let answers):
            return [.message("\(NumberFormat.counted(answers, "response")) taken from other runs", .plain)]
        case .reuseFailed(let directory, let reason):
            return [.message("no responses are taken from \(directory): \(reason)", .yellow)]
        case .choseResidency(let reason): return [.message("residency \(reason)", .plain)]
        case .united(let engines, let trajectories):
            let left = NumberFormat.counted(trajectories, "trajectory", "trajectories")
            let names = engines.map(\.title).joined(separator: ", ")
            return [.message("\(left) left: all models are up together from here (\(names))", .plain)]
        case .parted(let reason):
            return [.message("the models take turns again, since they cannot be up together: \(reason)", .plain)]
        case .loading(let engine):
            loading = (engine, seconds)
            return [.loading(engine: engine)]
        case .loaded(let load):
            return arrive(load.engine, load.seconds, load.kind == .cold ? nil : load.kind.rawValue)
        case .woken(let engine, let time): return arrive(engine, time)
        case .swapped:
            swaps += 1
            return []
        case .phaseBegan(let wave, let roles, let trajectories):
            let phase = PhaseProgress(wave: wave, roles: roles, total: trajectories, begin: seconds)
            self.phase = phase
            self.wave = wave
            loading = nil
            return [.phaseBegan(phase)]
        case .advanced(let trajectory, let event, _): return advance(trajectory, event)
        case .phaseEnded(_, _, let time): return endPhase(seconds: time)
        case .attemptFailed(let id, let reason):
            retries += 1
            phase?.retries += 1
            return (phase?.retries ?? 0) <= Self.toldPerPhase ? [.retry(id, reason: reason)] : []
        case .trouble(let trouble): return [.trouble("\(trouble)")]
        case .interrupting:
            isStopping = true
            return []
        case .grading(let answers, let grader):
            isGrading = true
            return [.message("grading \(NumberFormat.counted(answers, "answer")) with \(grader)", .plain)]
        }
    }

    /// Seconds to the end of the run; nil while too little is known.
    package var secondsLeft: Double? { isStopping ? nil : forecast.left }

    private mutating func account(_ event: RunEvent, at seconds: Double) {
        switch event {
        case .work(let work): self.work = work
        case .loaded(let load): work?.take(.load(load))
        case .woken(let engine, let seconds): work?.take(.wake(engine: engine, seconds: seconds))
        case .swapped: work?.take(.swap)
        case .phaseEnded(_, let roles, _): work?.endPhase(of: roles)
        case .advanced(let trajectory, let event, let asked): work?.take(event, asked: asked, by: trajectory)
        default: break
        }
        // It looks at every unfinished trajectory.
        guard let work, seconds - forecast.at >= 1 else { return }
        forecast = (seconds, Forecast.secondsLeft(work))
    }

    private mutating func arrive(_ engine: String, _ seconds: Double, _ manner: String? = nil) -> [Note] {
        loading = nil
        loads.append(Load(engine: engine, seconds: seconds))
        return [.loaded(engine: engine, seconds: seconds, manner: manner)]
    }

    private mutating func advance(_ trajectory: Trajectory, _ event: Event) -> [Note] {
        phase?.take(trajectory, event)
        let now = trajectory.verdicts
        verdicts = verdicts + now - verdictsByID[trajectory.id, default: Verdicts()]
        verdictsByID[trajectory.id] = now
        if trajectory.response.finish != nil { finished += 1 }
        guard case .failed(let reason) = event else { return [] }
        failed += 1
        return (phase?.failed ?? 0) <= Self.toldPerPhase ? [.failed(trajectory.id, reason: reason)] : []
    }

    private mutating func endPhase(seconds: Double) -> [Note] {
        guard let phase else { return [] }
        defer {
            self.phase = nil
            loads = []
        }
        let untold = phase.failed - Self.toldPerPhase
        return (untold > 0 ? [.moreFailed(count: untold)] : []) + [
            .phaseEnded(phase, seconds: seconds, loads: loads)
        ]
    }
}

/// Something that deserves a line of its own.
package enum Note: Sendable, Equatable {
    case began(total: Int, finished: Int, replayed: Int)
    case swept(count: Int)
    case loading(engine: String)
    /// - manner: `warm` or the like; nil for an ordinary start.
    case loaded(engine: String, seconds: Double, manner: String? = nil)
    case phaseBegan(PhaseProgress)
    /// - loads: engines that were started for it.
    case phaseEnded(PhaseProgress, seconds: Double, loads: [RunProgress.Load])
    case failed(TrajectoryID, reason: String)
    case moreFailed(count: Int)
    case retry(TrajectoryID, reason: String)
    case trouble(String)
    /// A message of the program or of a library.
    case message(String, Style)
}
