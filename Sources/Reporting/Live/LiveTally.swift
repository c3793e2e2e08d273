import Decoding
import Graders
import JobSpecs
import RunStore
import Support

/// The figures of a run that is followed, kept up with its journal.
struct LiveTally: Sendable {
    private let job: LoadedJob
    private var trajectories: TrajectorySet
    private var work: WorkDone
    private var methods: [LiveRun.Method] = []
    private var places: [String: Int] = [:]
    private var wave = 0
    private var swaps = 0
    private var starts = 0
    /// nil once a phase was not measured: a partial sum would look complete.
    private var joules: Double?
    private var isMeasured = true
    /// Of the engine that answered or came up last, since the last phase ended.
    private var role: Role?
    /// Whether the journal may have events of trajectories that the job had before it was changed.
    private let hasGrown: Bool
    private var ungraded: [TrajectoryID] = []
    private var verdicts: [TrajectoryID: Bool] = [:]

    /// - Parameters:
    ///   - records: what the journal holds already.
    ///   - hasGrown: whether the job was changed since the run was begun.
    /// - Throws: ``ForeignEvent``.
    init(_ job: LoadedJob, _ records: [JournalRecord], hasGrown: Bool) throws {
        self.job = job
        self.hasGrown = hasGrown || records.haveGrown
        trajectories = TrajectorySet(job)
        work = WorkDone(trajectories, engines: JobEngines(job.spec))
        for trajectory in trajectories { methods[place(of: trajectory.id.method)].total += 1 }
        var standing = records.standing[...]
        for index in records.indices {
            let isEvent = records[index].isEvent
            if isEvent, standing.first != index { continue }
            if isEvent { standing.removeFirst() }
            try take(records[index], line: index + 1)
        }
    }

    var isFinished: Bool { methods.allSatisfy { $0.finished == $0.total } }

    private var isGradedAtOnce: Bool { job.spec.grading.grader == .exact }

    private mutating func place(of method: String) -> Int {
        if let place = places[method] { return place }
        places[method] = methods.count
        methods.append(LiveRun.Method(method))
        return methods.count - 1
    }

    // MARK: Taking in

    /// - Parameter line: of the journal, from 1.
    /// - Throws: ``ForeignEvent``.
    mutating func take(_ record: JournalRecord, line: Int) throws {
        work.take(record)
        switch record {
        case .event(let id, let event, let origin): try take(event, by: id, asked: origin.asked, line: line)
        case .load(let load):
            starts += 1
            role = role ?? Role(rawValue: load.engine)
        case .wake(let engine, _, _): role = role ?? Role(rawValue: engine)
        case .swap: swaps += 1
        case .phase(_, _, _, let energy):
            role = nil
            isMeasured = isMeasured && energy != nil
            if let energy { joules = (joules ?? 0) + energy.entering + energy.working }
        case .begun, .grown, .source, .speculation, .shard: break
        }
    }

    private mutating func take(_ event: Event, by id: TrajectoryID, asked: TimeSpan?, line: Int) throws {
        let before = trajectories[id]?.response
        guard let trajectory = try trajectories.take(event, by: id, line: line, skipsUnknown: hasGrown) else { return }
        work.take(event, asked: asked, by: trajectory)
        let (now, place) = (trajectory.response, place(of: id.method))
        wave = max(wave, now.waves)
        role = event.role ?? role
        methods[place].progress.count(now, insteadOf: before)
        if before?.finish != nil { forgetGrade(of: id, at: place) }
        if now.finish != nil, isGradedAtOnce { ungraded.append(id) }
    }

    private mutating func forgetGrade(of id: TrajectoryID, at place: Int) {
        ungraded.removeAll { $0 == id }
        guard let isRight = verdicts.removeValue(forKey: id) else { return }
        methods[place].graded -= 1
        if isRight { methods[place].correct -= 1 }
    }

    /// Grades the answers that have come since the last time.
    mutating func grade() {
        guard !ungraded.isEmpty else { return }
        let new = ungraded.compactMap { trajectories[$0] }
        let problems = Dictionary(
            ungraded.compactMap { id in trajectories.problem(of: id).map { (id, $0) } }, uniquingKeysWith: { $1 })
        ungraded = []
        for (id, grade) in AnswerSheet(TrajectorySet(new, of: job.spec, problems: problems)).exactGrades() {
            let (isRight, place) = (grade.verdict == .right, place(of: id.method))
            verdicts[id] = isRight
            methods[place].graded += 1
            if isRight { methods[place].correct += 1 }
        }
    }

    // MARK: Telling

    func run(_ state: LiveRun.State) -> LiveRun {
        var run = LiveRun(job: job.spec.name, state: state)
        (run.shard, run.wave, run.swaps, run.starts) = (job.shard, wave, swaps, starts)
        run.joules = isMeasured ? joules : nil
        run.grader = isGradedAtOnce ? ExactGrader.id : nil
        run.methods = methods.map { method in
            var method = method
            for role in Role.allCases {
                let count = work.waiting(for: role, of: method.method)
                if count > 0 { method.waiting[role.phase, default: 0] += count }
            }
            return method
        }
        run.engines = engines
        if state == .running {
            run.phase = role?.phase
            run.secondsLeft = Forecast.secondsLeft(work)
        }
        return run
    }

    private var engines: [LiveRun.Engine] {
        let engines = JobEngines(job.spec)
        return engines.all.map { id in
            var engine = LiveRun.Engine(id.name)
            for role in engines.roles(of: id) {
                guard let work = work.roles[role] else { continue }
                engine.requests += work.requests
                engine.tokens += work.tokens
                engine.seconds += work.seconds
            }
            engine.tokensPerSecond = engine.seconds > 0 ? Double(engine.tokens) / engine.seconds : nil
            return engine
        }
    }
}
