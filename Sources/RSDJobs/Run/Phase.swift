import DequeModule
import Foundation

/// Work on all trajectories that need one of the resident engines, until none does.
///
/// Answers are journalled as they arrive. What fails is tried again, and an engine that died or hangs is restarted; only
/// a trajectory that keeps failing where others succeed is given up.
actor Phase {
    private enum Outcome: Sendable {
        case advanced(Trajectory, by: Role)
        case failed(TrajectoryID, any Error, by: Role)
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
    private var lanes: [Role: Lane]

    /// Seconds that answers in flight are waited for after the wish to stop.
    static let drainSeconds = 5.0

    /// - Parameter concurrency: requests in flight at most, for each engine.
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
        lanes = Dictionary(uniqueKeysWithValues: roles.map { ($0, Lane(concurrency: concurrency)) })
        for trajectory in trajectories {
            if let role = trajectory.need.role { lanes[role]?.queue.append(trajectory.id) }
        }
    }

    /// - Throws: ``EngineUseless``, ``Interrupted``, or what a restart or the journal threw. The trajectories then hold
    ///   what was journalled up to that moment.
    func run() async throws {
        while true {
            switch try await pass() {
            case .interrupted: throw Interrupted()
            case .trouble(let trouble): try await recover(from: trouble)
            case .exhausted:
                for role in roles { try await conclude(role) }
                if lanes.values.allSatisfy(\.queue.isEmpty) { return }
            }
        }
    }

    private func conclude(_ role: Role) async throws {
        switch lanes[role]?.patience.conclude() ?? .done {
        case .done: break
        case .secondChance(let ids):
            try await restart(role)
            lanes[role]?.queue.append(contentsOf: ids)
        case .fail(let reasons):
            for (id, reason) in reasons { try await giveUp(id, reason: reason) }
        case .useless(let reason): throw EngineUseless(roles: [role], reason: reason)
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
            while isAsking || (end == nil && hasDropped), let outcome = try await group.next() {
                switch outcome {
                case .advanced(let trajectory, let role): take(trajectory, from: role)
                case .failed(let id, let error, let role):
                    try await handle(error, of: id, by: role, stopping: end != nil)
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

    private var isAsking: Bool { lanes.values.contains { !$0.inFlight.isEmpty } }
    private var hasDropped: Bool { lanes.values.contains { !$0.dropped.isEmpty } }

    private func refill(_ group: inout ThrowingTaskGroup<Outcome, any Error>) {
        if hasDropped || interruption.level > .none { return }
        for role in roles { refill(role, &group) }
    }

    private func refill(_ role: Role, _ group: inout ThrowingTaskGroup<Outcome, any Error>) {
        while lanes[role]?.hasRoom == true, let id = lanes[role]?.queue.popFirst(), let trajectory = trajectories[id] {
            lanes[role]?.inFlight.insert(id)
            group.addTask { [crew, journal, observe] in
                do {
                    let (begin, clock) = (Date().timeIntervalSince1970, ContinuousClock())
                    let start = clock.now
                    let event = try await crew.answer(trajectory)
                    let asked = AskedSpan(begin: begin, seconds: (clock.now - start) / .seconds(1))
                    var advanced = trajectory
                    try advanced.apply(event)
                    try await journal.append(.event(id, event, asked: asked))
                    observe(.advanced(advanced, event))
                    return .advanced(advanced, by: role)
                } catch let failure as JournalWriteFailure {
                    throw failure
                } catch {
                    return .failed(id, error, by: role)
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

    private func take(_ trajectory: Trajectory, from role: Role) {
        trajectories[trajectory.id] = trajectory
        lanes[role]?.inFlight.remove(trajectory.id)
        lanes[role]?.patience.success(trajectory.id)
        if let next = trajectory.need.role { lanes[next]?.queue.append(trajectory.id) }
    }

    private func handle(_ error: any Error, of id: TrajectoryID, by role: Role, stopping: Bool) async throws {
        lanes[role]?.inFlight.remove(id)
        if error is EngineGone || stopping {
            lanes[role]?.dropped.append(id)
        } else if error is Unanswerable {
            try await giveUp(id, reason: "\(error)")
        } else {
            observe(.attemptFailed(id, reason: "\(error)"))
            if lanes[role]?.patience.failure(id, reason: "\(error)") == true { lanes[role]?.queue.append(id) }
        }
    }

    /// Restarts the engine in trouble; the others stay up, and what they were asked is asked again.
    private func recover(from trouble: EngineTrouble) async throws {
        observe(.trouble(trouble))
        let role = trouble.role
        let dropped = lanes[role]?.dropped ?? []
        guard let again = lanes[role]?.patience.engineDown(inFlight: dropped, how: "\(trouble)") else {
            throw EngineUseless(roles: [role], reason: "\(trouble), again and again")
        }
        lanes[role]?.dropped = again
        for role in roles { lanes[role]?.takeBackDropped() }
        try await restart(role)
    }

    private func restart(_ role: Role) async throws {
        try await interruption.giveUpOn { [crew] in try await crew.restart(role) }
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
