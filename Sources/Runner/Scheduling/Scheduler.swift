import Decoding
import JobSpecs
import RunStore

/// Decides what is done next in a run: which engines come up, what they are asked, what is recorded, tried again or given up.
///
/// A value without I/O, clock or tasks: it takes events and gives actions. ``EngineExecutor`` carries them out against engines,
/// ``Simulation`` against simulated models.
///
/// Groups of engines take turns, and a group at work takes each trajectory as far as its engines can. An answer is recorded first;
/// only then is it taken and built upon. Records of many answers are in flight at once.
package struct Scheduler: Sendable {
    enum Stage: Sendable, Equatable {
        /// The trajectories of the group whose turn it is take what is known already.
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

    let job: JobSpec
    let engines: JobEngines
    let groups: [[EngineID]]
    /// How much each engine may have running at most; any number of requests where it has none.
    let limits: [EngineID: Int]
    /// How much of that a request for a role takes; 1 where none is given.
    let slots: [Role: Int]

    package var trajectories: TrajectorySet
    var responses: ResponseCache
    var stage = Stage.preparing
    /// The place of the group whose turn it is.
    var turn = -1
    /// Of that group's engines.
    var queues: [EngineID: EngineQueue] = [:]
    var pending = PendingRequests()
    var entries = EntriesInFlight()
    /// Answers to running requests that are being recorded.
    var arriving: [RequestFingerprint: ArrivingAnswer] = [:]
    var isToStop = false
    private var actions: [SchedulerAction] = []

    /// - Parameters:
    ///   - groups: engines that may be up together, in the order of a wave. Together they serve all roles that the methods need.
    ///   - responses: what models have answered so far.
    package init(
        _ job: JobSpec, engines: JobEngines, groups: [[EngineID]], limits: [EngineID: Int] = [:],
        slots: [Role: Int] = [:], trajectories: TrajectorySet, responses: ResponseCache
    ) {
        self.job = job
        self.engines = engines
        self.groups = groups
        self.limits = limits
        self.slots = slots
        self.trajectories = trajectories
        self.responses = responses
    }

    /// - Parameter requests: how many each engine is kept busy with.
    init(
        _ job: JobSpec, groups: [[EngineID]], requests: RequestsInFlight, trajectories: TrajectorySet,
        responses: ResponseCache
    ) {
        let engines = JobEngines(job)
        self.init(
            job, engines: engines, groups: groups,
            limits: Dictionary(uniqueKeysWithValues: engines.all.map { ($0, requests.window(of: $0)) }),
            slots: Dictionary(uniqueKeysWithValues: job.rolesInWave.map { ($0, requests.slots(of: $0)) }),
            trajectories: trajectories, responses: responses)
    }

    /// To be called once, before any event.
    package mutating func start() -> [SchedulerAction] {
        beginTurn()
        return settled()
    }

    package mutating func handle(_ event: SchedulerEvent) -> [SchedulerAction] {
        switch event {
        case .activated: beginPhase()
        case .answered(let request, let event, let asked): deliver(event, to: request, asked: asked)
        case .failed(let request, let failure): handle(failure, of: request)
        case .recorded(let number): take(number)
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

/// An answer on its way to those who wait for it.
struct ArrivingAnswer: Sendable {
    var event: Event
    /// The numbers of its entries that are not recorded yet.
    var entries: Set<Int> = []
}
