import DequeModule

/// Work on all trajectories that need one of the resident engines, until none does.
///
/// Answers are journalled as they arrive. What fails is tried again, and an engine that died or hangs is restarted; only
/// a trajectory that keeps failing where others succeed is given up.
actor Phase {
    private enum Outcome: Sendable {
        case advanced(Trajectory)
        case failed(TrajectoryID, any Error)
        case trouble(EngineTrouble?)
        case interrupted
        case drained
    }

    private enum PassEnd { case exhausted, trouble(EngineTrouble), interrupted }

    private let roles: [Role]
    private let crew: any Crew
    private let journal: Journal
    private let interruption: Interruption
    private let observe: @Sendable (RunEvent) -> Void

    /// The trajectories of this phase as they stand.
    private(set) var trajectories: [TrajectoryID: Trajectory]
    private var queue: Deque<TrajectoryID>
    private var inFlight: Set<TrajectoryID> = []
    /// Were in flight when their engine went away.
    private var dropped: [TrajectoryID] = []
    private var patience: Patience

    /// Seconds that answers in flight are waited for after the wish to stop.
    static let drainSeconds = 5.0

    /// - Parameter concurrency: requests in flight at most.
    init(
        roles: [Role], trajectories: [Trajectory], crew: any Crew, journal: Journal, interruption: Interruption,
        concurrency: Int, observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.roles = roles
        self.crew = crew
        self.journal = journal
        self.interruption = interruption
        self.observe = observe
        self.trajectories = Dictionary(uniqueKeysWithValues: trajectories.map { ($0.id, $0) })
        queue = Deque(trajectories.map(\.id))
        patience = Patience(window: concurrency)
    }

    /// - Throws: ``EngineUseless``, ``Interrupted``, or what a restart or the journal threw. The trajectories then hold
    ///   what was journalled up to that moment.
    func run() async throws {
        while true {
            switch try await pass() {
            case .interrupted: throw Interrupted()
            case .trouble(let trouble): try await recover(from: trouble)
            case .exhausted:
                switch patience.conclude() {
                case .done: return
                case .secondChance(let ids):
                    try await interruption.giveUpOn { [crew] in try await crew.restart() }
                    queue = Deque(ids)
                case .fail(let reasons):
                    for (id, reason) in reasons { try await giveUp(id, reason: reason) }
                    return
                case .useless(let reason): throw EngineUseless(roles: roles, reason: reason)
                }
            }
        }
    }

    // MARK: One pass over the queue

    private func pass() async throws -> PassEnd {
        var end: PassEnd?
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { [crew] in .trouble(await crew.trouble()) }
            group.addTask { [interruption] in
                await interruption.reached(.draining)
                return .interrupted
            }
            refill(&group)
            while !inFlight.isEmpty || (end == nil && !dropped.isEmpty), let outcome = try await group.next() {
                switch outcome {
                case .advanced(let trajectory): take(trajectory)
                case .failed(let id, let error): try await handle(error, of: id, stopping: end != nil)
                case .trouble(let trouble?) where end == nil:
                    end = .trouble(trouble)
                    group.cancelAll()
                case .interrupted where end == nil:
                    observe(.interrupting)
                    end = .interrupted
                    addDrain(&group)
                case .drained: group.cancelAll()
                case .trouble, .interrupted: break
                }
                if end == nil { refill(&group) }
            }
            group.cancelAll()
        }
        return interruption.level > .none ? .interrupted : end ?? .exhausted
    }

    private func refill(_ group: inout ThrowingTaskGroup<Outcome, any Error>) {
        while dropped.isEmpty, interruption.level == .none, inFlight.count < patience.window,
            let id = queue.popFirst(), let trajectory = trajectories[id]
        {
            inFlight.insert(id)
            group.addTask { [crew, journal, observe] in
                do {
                    let event = try await crew.answer(trajectory)
                    var advanced = trajectory
                    try advanced.apply(event)
                    try await journal.append(.event(id, event))
                    observe(.advanced(advanced, event))
                    return .advanced(advanced)
                } catch let failure as JournalWriteFailure {
                    throw failure
                } catch {
                    return .failed(id, error)
                }
            }
        }
    }

    private func addDrain(_ group: inout ThrowingTaskGroup<Outcome, any Error>) {
        group.addTask { [interruption] in
            await withTaskGroup(of: Void.self) { either in
                either.addTask { try? await Task.sleep(for: .seconds(Self.drainSeconds)) }
                either.addTask { await interruption.reached(.immediate) }
                await either.next()
                either.cancelAll()
            }
            return .drained
        }
    }

    // MARK: What came back

    private func take(_ trajectory: Trajectory) {
        inFlight.remove(trajectory.id)
        trajectories[trajectory.id] = trajectory
        patience.success(trajectory.id)
        if let role = trajectory.need.role, roles.contains(role) { queue.append(trajectory.id) }
    }

    private func handle(_ error: any Error, of id: TrajectoryID, stopping: Bool) async throws {
        inFlight.remove(id)
        if error is EngineGone || stopping {
            dropped.append(id)
        } else if error is Unanswerable {
            try await giveUp(id, reason: "\(error)")
        } else {
            observe(.attemptFailed(id, reason: "\(error)"))
            if patience.failure(id, reason: "\(error)") { queue.append(id) }
        }
    }

    private func recover(from trouble: EngineTrouble) async throws {
        observe(.trouble(trouble))
        guard let again = patience.engineDown(inFlight: dropped, how: "\(trouble)") else {
            throw EngineUseless(roles: roles, reason: "\(trouble), again and again")
        }
        queue.prepend(contentsOf: again)
        dropped = []
        try await interruption.giveUpOn { [crew] in try await crew.restart() }
    }

    private func giveUp(_ id: TrajectoryID, reason: String) async throws {
        guard var trajectory = trajectories[id] else { return }
        let event = Event.failed(reason: reason)
        try trajectory.apply(event)
        try await journal.append(.event(id, event))
        trajectories[id] = trajectory
        observe(.advanced(trajectory, event))
    }
}
