import DequeModule
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// A run of the real scheduler on simulated models whose clock only counts, with what was forecast on the way.
struct TimedRun {
    /// Seconds of an engine's start.
    var start = 20.0
    /// Requests that an engine works on at once.
    var slots = 8
    /// Seconds of a request that writes or reads nothing, and of each token.
    var pause = 0.2
    var token = 0.02
    var startsEngines = true

    private(set) var work: WorkDone
    private(set) var journal: [JournalRecord] = []
    /// Each with the records of the journal at that time.
    private(set) var forecasts: [(at: Double, left: Double?, records: Int)] = []
    private(set) var now = 0.0
    private var events = 0
    private let job: LoadedJob

    init(_ job: LoadedJob) {
        self.job = job
        work = WorkDone(TrajectorySet(job), engines: JobEngines(job.spec))
    }

    mutating func run(in groups: [[EngineID]]) throws {
        let engines = JobEngines(job.spec)
        var scheduler = Scheduler(
            RequestScope(job), engines: engines, groups: groups,
            limits: Dictionary(uniqueKeysWithValues: engines.all.map { ($0, slots) }),
            trajectories: TrajectorySet(job), responses: ResponseCache())
        let models = SimulationTests.models(job)
        var running: [(request: InferenceRequest, span: TimeSpan)] = []
        var (up, roles): ([EngineID], [Role]) = ([], [])
        var actions = Deque(scheduler.start())
        forecast()
        while true {
            guard let action = actions.popFirst() else {
                let next = try #require(running.indices.min { running[$0].span.end < running[$1].span.end })
                let (request, span) = running.remove(at: next)
                now = span.end
                actions += scheduler.handle(.answered(request.fingerprint, models.answer(request), asked: span))
                continue
            }
            switch action {
            case .activate(let group):
                if startsEngines, up != group { bringUp(group, instead: up) }
                up = group
                actions += scheduler.handle(.activated)
            case .beginPhase(let phase): roles = phase.roles
            case .endPhase:
                work.endPhase(of: roles)
                journal.append(.phase(wave: 1, engines: up.map(\.name), seconds: 0))
            case .send(let request, _):
                let seconds = pause + token * Double(models.answer(request).modelTokens)
                running.append((request, TimeSpan(begin: now, seconds: seconds)))
            case .record(let entry): actions += scheduler.handle(.recorded(entry.number))
            case .notify(.advanced(let trajectory, let event, let asked)):
                work.take(event, asked: asked, by: trajectory)
                journal.append(.event(trajectory.id, event, AnswerOrigin(asked: asked)))
                forecast()
            case .finish: return
            default: break
            }
        }
    }

    private mutating func bringUp(_ group: [EngineID], instead up: [EngineID]) {
        if !up.isEmpty { note(.swap) }
        for engine in group {
            now += start
            note(.load(EngineLoad(engine.name, seconds: start)))
        }
    }

    private mutating func note(_ record: JournalRecord) {
        work.take(record)
        journal.append(record)
    }

    private mutating func forecast() {
        events += 1
        guard events % 8 == 1 || work.isFinished else { return }
        forecasts.append((now, Forecast.secondsLeft(work), journal.count))
    }

    /// What was forecast, in parts of what it then took; those of the last tenth of the run aside.
    var ratios: [Double] {
        forecasts.compactMap { forecast in
            let truth = now - forecast.at
            return truth < now / 10 ? nil : forecast.left.map { $0 / truth }
        }
    }
}
