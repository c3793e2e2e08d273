import Decoding
import DequeModule
import JobSpecs
import ModelLifecycle
import RunStore
import Runner
import Support

/// A run without engines: the real ``Scheduler`` with ``SimulatedModels``, which respond at once. Writes nothing.
struct Simulation: Sendable {
    let job: LoadedJob
    let residency: ResidencyKind
    let groups: [[EngineID]]
    let models: SimulatedModels
    var tail: TailRule?

    /// Time stands still.
    private static let moment = TimeSpan(begin: 0, seconds: 0)

    /// - Throws: `CancellationError`; ``UnexpectedEvent`` if a method rejects a simulated response.
    func run() throws -> RunCounts {
        var scheduler = Scheduler(
            RequestScope(job), engines: JobEngines(job.spec), groups: groups, tail: tail,
            trajectories: TrajectorySet(job), responses: ResponseCache())
        var counts = RunCounts()
        var engines = SimulatedEngines(residency: residency)
        var longest: [Role: Int] = [:]
        var actions = Deque(scheduler.start())
        while let action = actions.popFirst() {
            switch action {
            case .activate(let group):
                try Task.checkCancellation()
                engines.activate(group, &counts)
                actions += scheduler.handle(.activated)
            case .unite(let group):
                engines.unite(group, &counts)
                actions += scheduler.handle(.activated)
            case .send(let request, _):
                let answer = models.answer(request)
                counts.add(answer)
                if case .generated(let answer) = answer {
                    longest[answer.role] = max(longest[answer.role] ?? 0, answer.tokens)
                }
                actions += scheduler.handle(.answered(request.fingerprint, answer, asked: Self.moment))
            case .record(let entry):
                if entry.origin.asked == nil { counts.shared += 1 }
                actions += scheduler.handle(.recorded(entry.number))
            case .endPhase:
                for (role, tokens) in longest { counts.work[role, default: .init()].serial += tokens }
                longest = [:]
            case .restart(let engine): actions += scheduler.handle(.restarted(engine))
            case .notify(.attemptFailed(let id, let reason)):
                throw UnexpectedEvent(description: "\(id): \(reason)")
            case .finish: break
            case .stop: throw CancellationError()
            case .giveUp(let error): throw error
            case .beginPhase(let phase): engines.begin(phase, &counts)
            case .prepare, .end, .cancel, .drain, .notify: break
            }
        }
        counts.waves = scheduler.trajectories.waves
        return counts
    }
}

/// The engines that would be up; see `SwapResidency`.
private struct SimulatedEngines {
    let residency: ResidencyKind
    private var up: Set<EngineID> = []
    private var asleep: Set<EngineID> = []
    /// Since the last phase began.
    private var coming = RunCounts.Wave(number: 0)

    init(residency: ResidencyKind) { self.residency = residency }

    /// All engines start anew, with smaller caches.
    mutating func unite(_ group: [EngineID], _ counts: inout RunCounts) {
        counts.swaps += up.count
        (up, asleep) = ([], [])
        activate(group, &counts)
    }

    mutating func begin(_ phase: SchedulerPhase, _ counts: inout RunCounts) {
        var wave = RunCounts.Wave(number: phase.wave)
        if let last = counts.byWave.last, last.number >= phase.wave { wave = counts.byWave.removeLast() }
        wave.phases += 1
        wave.trajectories = max(wave.trajectories, phase.trajectories)
        wave.starts.merge(coming.starts, uniquingKeysWith: +)
        wave.wakes.merge(coming.wakes, uniquingKeysWith: +)
        counts.byWave.append(wave)
        coming = RunCounts.Wave(number: 0)
    }

    mutating func activate(_ group: [EngineID], _ counts: inout RunCounts) {
        if residency == .attach { return }
        let leaving = up.subtracting(group)
        counts.swaps += leaving.count
        up.subtract(leaving)
        if residency == .sleep { asleep.formUnion(leaving) }
        for engine in group where !up.contains(engine) {
            if asleep.remove(engine) != nil {
                counts.wakes[engine, default: 0] += 1
                coming.wakes[engine, default: 0] += 1
            } else {
                counts.starts[engine, default: 0] += 1
                coming.starts[engine, default: 0] += 1
            }
            up.insert(engine)
        }
    }
}
