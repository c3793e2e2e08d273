import Decoding
import DequeModule
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// Carries out the actions of a ``Scheduler`` against engines and the journal.
struct EngineExecutor {
    private enum Arrival: Sendable {
        case event(SchedulerEvent)
        /// - Parameter watch: the one that noticed it.
        case trouble(EngineTrouble, watch: Int)
        case failure(any Error)
    }

    private struct ActivePhase {
        var phase: SchedulerPhase
        var watch = Stopwatch()
    }

    private let pool: any EnginePool
    private let journal: Journal
    private let budget: TimeBudget
    private let interruption: Interruption
    private let observe: @Sendable (RunEvent) -> Void

    private(set) var scheduler: Scheduler
    private let arrivals: AsyncStream<Arrival>
    private let arrive: AsyncStream<Arrival>.Continuation
    private var resident: [EngineID] = []
    /// Engines that were up before the first group was activated; empty from then on.
    private var ready: Set<EngineID>
    private var phase: ActivePhase?
    private var meter: PhaseMeter
    private var requests: [RequestFingerprint: Task<Void, Never>] = [:]
    private var followed: [RequestFingerprint: AnswerProgress] = [:]
    private var watch: Task<Void, Never>?
    private var gauge: Task<Void, Never>?
    private var watches = 0
    private var timers: [Task<Void, Never>] = []

    /// Seconds to wait for responses in flight after a request to stop.
    static let drainSeconds = 5.0
    /// Time between two looks at what engines report.
    static let gaugeInterval = Duration.seconds(1)

    init(
        _ scheduler: Scheduler, in pool: any EnginePool, journal: Journal, budget: TimeBudget,
        interruption: Interruption,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.scheduler = scheduler
        self.pool = pool
        self.journal = journal
        self.budget = budget
        self.interruption = interruption
        self.observe = observe
        ready = pool.ready
        meter = PhaseMeter(pool.energy)
        (arrivals, arrive) = AsyncStream.makeStream()
    }

    /// Works until every trajectory is finished. Afterwards nothing is in flight, in any case; engines may be up.
    ///
    /// - Throws: ``EngineUseless``, ``Interrupted``, or an error of the engines or the journal. The journal is kept.
    mutating func run() async throws {
        timers.append(
            Task { [interruption, arrive] in
                await interruption.reached(.draining)
                arrive.yield(.event(.stopRequested))
            })
        do {
            try await work()
        } catch {
            await dropAll()
            try await endPhase()
            throw error
        }
        await dropAll()
    }

    private mutating func work() async throws {
        var arrivals = arrivals.makeAsyncIterator()
        var actions = Deque(scheduler.start())
        while true {
            while let action = actions.popFirst() {
                switch action {
                case .finish: return
                case .stop: throw Interrupted()
                case .giveUp(let error): throw error
                default: for event in try await perform(action) { actions += scheduler.handle(event) }
                }
            }
            // The sequence ends if the calling task is cancelled.
            guard let arrival = await arrivals.next() else { throw Interrupted() }
            // Send no further request, whatever else has arrived.
            if interruption.level > .none { actions += scheduler.handle(.stopRequested) }
            switch arrival {
            case .failure(let error): throw error
            case .trouble(let trouble, let seer): if seer == watches { actions += scheduler.handle(.trouble(trouble)) }
            case .event(let event):
                switch event {
                case .answered(let request, _, _), .failed(let request, _):
                    requests[request] = nil
                    followed[request] = nil
                default: break
                }
                actions += scheduler.handle(event)
            }
        }
    }

    /// - Returns: events that follow at once.
    private mutating func perform(_ action: SchedulerAction) async throws -> [SchedulerEvent] {
        switch action {
        case .activate(let group):
            try await activate(group) { [pool] in try await pool.activate(group) }
            return [.arrivalsTimed(costs), .activated]
        case .unite(let group):
            do {
                try await activate(group) { [pool] in try await pool.unite(group) }
            } catch  where interruption.level == .none && error.isOfEngines {
                resident = []
                return [.unavailable(reason: error.inOneLine)]
            }
            return [.activated]
        case .prepare(let group): await pool.expect(group)
        case .beginPhase(let phase): begin(phase)
        case .endPhase: try await endPhase()
        case .send(let request, _): send(request)
        case .end(let request): followed[request]?.stop()
        case .cancel(let requests): for request in requests { self.requests[request]?.cancel() }
        case .record(let entry): record(entry)
        case .restart(let engine):
            try budget.check(bringingUp: [engine], anew: true)
            await stopWatching()
            do {
                try await bringUp([engine]) { [pool] in try await pool.restart(engine) }
            } catch  where scheduler.isTail && interruption.level == .none && error.isOfEngines {
                resident = []
                return [.unavailable(reason: error.inOneLine)]
            }
            startWatching()
            return [.restarted(engine)]
        case .drain: drain()
        case .notify(let event): observe(event)
        case .finish, .stop, .giveUp: break
        }
        return []
    }

    // MARK: Engines

    private var costs: ArrivalCosts {
        budget.arrivals(of: scheduler.engines.all, sleeps: pool.sleeps)
    }

    private mutating func activate(
        _ group: [EngineID], _ activate: @escaping @Sendable () async throws -> [EngineEvent]
    ) async throws {
        let coming = group.filter { !ready.contains($0) }
        ready = []
        try budget.check(bringingUp: group == resident ? [] : coming)
        resident = group
        meter = PhaseMeter(pool.energy)
        await meter.read()
        try await bringUp(coming, activate)
        await meter.read()
    }

    /// Journals what happened to engines while they came up.
    private func bringUp(
        _ engines: [EngineID], _ body: @escaping @Sendable () async throws -> [EngineEvent]
    ) async throws {
        if budget.startsEngines { for engine in engines { observe(.loading(engine: engine.name)) } }
        for event in try await interruption.cancelOnInterrupt(body) {
            budget.note(event)
            try await journal.append(event.record)
            observe(event.shown)
        }
    }

    private mutating func begin(_ phase: SchedulerPhase) {
        observe(.phaseBegan(wave: phase.wave, roles: phase.roles, trajectories: phase.trajectories))
        self.phase = ActivePhase(phase: phase)
        startWatching()
    }

    /// Does nothing without a current phase.
    private mutating func endPhase() async throws {
        await stopWatching()
        guard let active = phase else { return }
        phase = nil
        let (phase, seconds) = (active.phase, active.watch.span.seconds)
        await meter.read()
        if let tokens = await pool.speculation(), tokens.proposed > 0 {
            try await journal.append(
                .speculation(
                    engine: Role.speculative.rawValue, proposed: tokens.proposed, accepted: tokens.accepted))
        }
        try await journal.append(
            .phase(
                wave: phase.wave, engines: phase.engines.map(\.name), seconds: seconds, joules: meter.energy))
        observe(.phaseEnded(wave: phase.wave, roles: phase.roles, seconds: seconds))
    }

    private mutating func startWatching() {
        watches += 1
        watch = Task { [pool, arrive, watches] in
            if let trouble = await pool.trouble() { arrive.yield(.trouble(trouble, watch: watches)) }
        }
        guard !pool.requests.adaptive.isEmpty else { return }
        gauge = Task { [pool, arrive] in
            while (try? await Task.sleep(for: Self.gaugeInterval)) != nil {
                for (engine, metrics) in await pool.loads() { arrive.yield(.event(.measured(engine, metrics))) }
            }
        }
    }

    private mutating func stopWatching() async {
        for task in [watch, gauge] { task?.cancel() }
        for task in [watch, gauge] { await task?.value }
        (watch, gauge) = (nil, nil)
    }

    // MARK: Requests and answers

    private mutating func send(_ request: InferenceRequest) {
        var progress: AnswerProgress?
        if request.isFollowed {
            progress = AnswerProgress { [arrive] written in
                arrive.yield(.event(.progressed(request.fingerprint, written)))
            }
            followed[request.fingerprint] = progress
        }
        requests[request.fingerprint] = Task { [pool, arrive, progress] in
            let watch = Stopwatch()
            do {
                let answer = try await pool.answer(request, progress)
                let asked = answer.isAsked ? watch.span : nil
                arrive.yield(.event(.answered(request.fingerprint, answer.event, asked: asked)))
            } catch {
                arrive.yield(.event(.failed(request.fingerprint, RequestFailure(error))))
            }
        }
    }

    /// Does not wait: while one group of records is written to disk, the next gathers.
    private func record(_ entry: JournalEntry) {
        journal.submit(.event(entry.trajectory.id, entry.event, entry.origin)) { [arrive] result in
            switch result {
            case .success: arrive.yield(.event(.recorded(entry.number)))
            case .failure(let error): arrive.yield(.failure(error))
            }
        }
    }

    private mutating func drain() {
        timers.append(
            Task { [interruption, arrive] in
                await withTaskGroup(of: Void.self) { either in
                    either.addTask { try? await Task.sleep(for: .seconds(Self.drainSeconds)) }
                    either.addTask { await interruption.reached(.immediate) }
                    await either.next()
                    either.cancelAll()
                }
                arrive.yield(.event(.drained))
            })
    }

    private mutating func dropAll() async {
        await stopWatching()
        for task in timers + requests.values { task.cancel() }
        for task in timers + requests.values { await task.value }
        (timers, requests) = ([], [:])
    }
}

extension EngineEvent {
    fileprivate var record: JournalRecord {
        switch self {
        case .loaded(let engine, let start): .load(EngineLoad(engine, start))
        case .woken(let engine, let span): .wake(engine: engine, seconds: span.seconds, begin: span.begin)
        case .swapped: .swap
        }
    }

    fileprivate var shown: RunEvent {
        switch self {
        case .loaded(let engine, let start): .loaded(EngineLoad(engine, start))
        case .woken(let engine, let span): .woken(engine: engine, seconds: span.seconds)
        case .swapped: .swapped
        }
    }
}
