import Decoding
import JobSpecs
import RunStore

/// Decides what a run does next: which engines to start, which requests to send, and what to record, retry or give up.
///
/// A value without I/O, clock or tasks: it takes events and returns actions. ``EngineExecutor`` carries them out against engines,
/// ``Simulation`` against simulated models.
///
/// Groups of engines take turns, and a group at work advances each trajectory as far as its engines can. A response is recorded
/// before it is applied and built upon. Records of many responses are in flight at once.
package struct Scheduler: Sendable {
    enum Stage: Sendable, Equatable {
        /// The trajectories of the group whose turn it is take the responses that are known already.
        case preparing
        case activating
        case working(SchedulerPhase)
        /// An engine is in trouble; it is restarted once nothing is in flight.
        case halting(SchedulerPhase, EngineTrouble)
        /// - Parameter retrying: requests that waited for the restart.
        case restarting(SchedulerPhase, EngineID, retrying: [RequestFingerprint])
        /// The run stops once nothing is in flight.
        case stopping(SchedulerPhase)
        case over
    }

    let scope: RequestScope
    let engines: JobEngines
    var groups: [[EngineID]]
    /// The groups that took turns before all engines were up together.
    var turns: [[EngineID]]?
    /// nil if groups take turns to the end.
    var tail: TailRule?
    /// Maximum slots in use per engine; unlimited if missing.
    let limits: [EngineID: Int]
    /// What engines can use well, of those whose limit follows what they report.
    var adaptive: [EngineID: AdaptiveLimit] = [:]
    /// Slots that a request of a role takes; 1 if missing.
    let slots: [Role: Int]

    package var trajectories: TrajectorySet
    var responses: ResponseCache
    var stage = Stage.preparing
    /// Index of the group whose turn it is.
    var turn = -1
    /// Queues of that group's engines.
    var queues: [EngineID: EngineQueue] = [:]
    var pending = PendingRequests()
    /// Solutions whose steps are judged as they come.
    var streams: [RequestFingerprint: DraftStream] = [:]
    var rhythm = ReadingRhythm()
    /// What the PRM has read for trajectories while their drafts were written.
    var readAhead: [Waiter: DraftReader] = [:]
    var entries = EntriesInFlight()
    /// Responses to running requests that are being recorded.
    var arriving: [RequestFingerprint: ArrivingAnswer] = [:]
    var isToStop = false
    private var actions: [SchedulerAction] = []

    /// - Parameters:
    ///   - groups: engines that may be up together, in the order of a wave. Together they serve all roles that the methods need.
    ///   - tail: when all engines are brought up together.
    ///   - responses: responses from earlier processes.
    package init(
        _ scope: RequestScope, engines: JobEngines, groups: [[EngineID]], limits: [EngineID: Int] = [:],
        slots: [Role: Int] = [:], tail: TailRule? = nil, trajectories: TrajectorySet, responses: ResponseCache
    ) {
        self.scope = scope
        self.engines = engines
        self.groups = groups
        self.limits = limits
        self.slots = slots
        self.tail = tail
        self.trajectories = trajectories
        self.responses = responses
    }

    /// - Parameter requests: maximum requests in flight per engine.
    init(
        _ scope: RequestScope, groups: [[EngineID]], requests: RequestsInFlight, tail: TailRule? = nil,
        trajectories: TrajectorySet, responses: ResponseCache
    ) {
        let engines = JobEngines(scope.job)
        self.init(
            scope, engines: engines, groups: groups,
            limits: Dictionary(uniqueKeysWithValues: engines.all.map { ($0, requests.window(of: $0)) }),
            slots: Dictionary(uniqueKeysWithValues: scope.job.rolesInWave.map { ($0, requests.slots(of: $0)) }),
            tail: tail, trajectories: trajectories, responses: responses)
        adaptive = Dictionary(
            uniqueKeysWithValues: requests.adaptive.map { ($0, AdaptiveLimit(most: requests.window(of: $0))) })
    }

    /// Call it once, before any event.
    package mutating func start() -> [SchedulerAction] {
        beginTurn()
        return settled()
    }

    package mutating func handle(_ event: SchedulerEvent) -> [SchedulerAction] {
        switch event {
        case .activated: beginPhase()
        case .arrivalsTimed(let costs): tail?.costs = costs
        case .unavailable(let reason): giveUpTail(reason)
        case .progressed(let request, let written): progress(request, written)
        case .answered(let request, let event, let asked): deliver(event, to: request, asked: asked)
        case .failed(let request, let failure): handle(failure, of: request)
        case .recorded(let number): take(number)
        case .measured(let engine, let metrics): measure(engine, metrics)
        case .trouble(let trouble): halt(for: trouble)
        case .restarted: resume()
        case .stopRequested: stop()
        case .drained: if case .stopping = stage { cancelRunning() }
        }
        return settled()
    }

    private mutating func settled() -> [SchedulerAction] {
        settle()
        defer { actions = [] }
        return actions
    }

    mutating func act(_ action: SchedulerAction) { actions.append(action) }

    mutating func end(_ action: SchedulerAction) {
        stage = .over
        act(action)
    }
}

/// A response on its way to the trajectories that wait for it.
struct ArrivingAnswer: Sendable {
    var event: Event
    /// Numbers of its entries that are not recorded yet.
    var entries: Set<Int> = []
}
