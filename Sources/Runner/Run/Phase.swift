import Decoding
import DequeModule
import JobSpecs
import RunStore
import Support

/// Work on all trajectories that need one of the resident engines, until none does.
///
/// Answers are journalled as they arrive. What fails is tried again, and an engine that died or hangs is restarted; only
/// a trajectory that keeps failing where others succeed is given up. What several trajectories need is asked once.
actor Phase {
    private enum Outcome: Sendable {
        case answered(Question.Key, [TrajectoryID], by: Role)
        case failed(Question.Key, any Error, by: Role)
        case trouble(EngineTrouble?)
        case interrupted
        case drained
    }

    private enum PassEnd { case exhausted, trouble(EngineTrouble), interrupted }

    private let job: JobSpec
    private let roles: [Role]
    private let journal: Journal
    private let book: AnswerBook
    private let interruption: Interruption
    private let mayRestart: @Sendable (Role) throws -> Void
    private let observe: @Sendable (RunEvent) -> Void

    /// The trajectories of this phase as they stand.
    private(set) var trajectories: [TrajectoryID: Trajectory]
    private var desk = Desk()
    private var lanes: [Role: Lane]

    /// Seconds that answers in flight are waited for after the wish to stop.
    static let drainSeconds = 5.0

    /// - Parameter mayRestart: throws where an engine is not to be brought up afresh any more.
    init(
        job: JobSpec, roles: [Role], requests: RequestsInFlight, trajectories: [Trajectory], journal: Journal,
        book: AnswerBook,
        interruption: Interruption, mayRestart: @escaping @Sendable (Role) throws -> Void = { _ in },
        observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.job = job
        self.roles = roles
        self.journal = journal
        self.book = book
        self.interruption = interruption
        self.mayRestart = mayRestart
        self.observe = observe
        self.trajectories = Dictionary(uniqueKeysWithValues: trajectories.map { ($0.id, $0) })
        lanes = Dictionary(uniqueKeysWithValues: roles.map { ($0, Lane(window: requests.window(of: $0))) })
    }

    /// Takes up the needs of all trajectories, in their order, and meets those whose answer is known already.
    ///
    /// - Returns: whether anything is left to ask.
    func prepare(_ order: [TrajectoryID]) async throws -> Bool {
        for id in order { try await takeUp(id) }
        return !lanes.values.allSatisfy(\.queue.isEmpty)
    }

    /// Asks until nothing is left.
    ///
    /// - Throws: ``EngineUseless``, ``Interrupted``, or what a restart or the journal threw. The trajectories then hold
    ///   what was journalled up to that moment.
    func run(with crew: any Crew) async throws {
        while true {
            switch try await pass(crew) {
            case .interrupted: throw Interrupted()
            case .trouble(let trouble): try await recover(from: trouble, crew)
            case .exhausted:
                for role in roles { try await conclude(role, crew) }
                if lanes.values.allSatisfy(\.queue.isEmpty) { return }
            }
        }
    }

    private func conclude(_ role: Role, _ crew: any Crew) async throws {
        switch lanes[role]?.patience.conclude() ?? .done {
        case .done: break
        case .secondChance(let keys):
            try await restart(role, crew)
            lanes[role]?.queue.append(contentsOf: keys)
        case .fail(let reasons):
            for (key, reason) in reasons { try await giveUp(key, reason: reason) }
        case .useless(let reason): throw EngineUseless(roles: [role], reason: reason)
        }
    }

    // MARK: One pass over the queue

    private func pass(_ crew: any Crew) async throws -> PassEnd {
        var end: PassEnd?
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            group.addTask { .trouble(await crew.trouble()) }
            group.addTask { [interruption] in
                await interruption.reached(.draining)
                return .interrupted
            }
            refill(&group, crew)
            while isAsking || (end == nil && hasDropped), let outcome = try await group.next() {
                switch outcome {
                case .answered(let key, let advanced, let role):
                    lanes[role]?.inFlight.remove(key)
                    lanes[role]?.patience.success(key)
                    for id in advanced { try await takeUp(id) }
                case .failed(let key, let error, let role):
                    try await handle(error, of: key, by: role, stopping: end != nil)
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
                if end == nil { refill(&group, crew) }
            }
            group.cancelAll()
        }
        return interruption.level > .none ? .interrupted : end ?? .exhausted
    }

    private var isAsking: Bool { lanes.values.contains { !$0.inFlight.isEmpty } }
    private var hasDropped: Bool { lanes.values.contains { !$0.dropped.isEmpty } }

    private func refill(_ group: inout ThrowingTaskGroup<Outcome, any Error>, _ crew: any Crew) {
        if hasDropped || interruption.level > .none { return }
        for role in roles { refill(role, &group, crew) }
    }

    private func refill(_ role: Role, _ group: inout ThrowingTaskGroup<Outcome, any Error>, _ crew: any Crew) {
        while lanes[role]?.hasRoom == true, let key = lanes[role]?.queue.popFirst() {
            guard let question = desk[key] else { continue }
            lanes[role]?.inFlight.insert(key)
            group.addTask {
                do {
                    let watch = Stopwatch()
                    let answer = try await crew.answer(question)
                    let asked = answer.isAsked ? watch.span : nil
                    return .answered(key, try await self.deliver(answer.event, to: key, asked: asked), by: role)
                } catch let failure where failure is JournalWriteFailure || failure is RunLockLost {
                    throw failure
                } catch {
                    return .failed(key, error, by: role)
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

    // MARK: Needs and answers

    /// Puts what a trajectory needs of these models on the desk, once what is known already is met.
    private func takeUp(_ id: TrajectoryID) async throws {
        var isMoving = true
        while isMoving {
            isMoving = false
            for need in trajectories[id]?.needs ?? [] {
                guard let role = need.role, roles.contains(role), !desk.isOpen(id, need.candidate) else { continue }
                let question = Question(need, of: id, in: job)
                if let event = book.answer(to: question) {
                    try await take(event, for: id, asked: nil)
                    // What else it needed may have been answered meanwhile.
                    isMoving = true
                    break
                } else if desk.add(question, for: id, candidate: need.candidate) {
                    lanes[role]?.queue.append(question.key)
                }
            }
        }
    }

    /// Gives an answer to all who wait for it; the first is the one for whom it was asked.
    private func deliver(_ event: Event, to key: Question.Key, asked: TimeSpan?) async throws -> [TrajectoryID] {
        var advanced: [TrajectoryID] = []
        while let (id, candidate) = desk.first(waitingFor: key) {
            var event = event
            event.candidate = candidate
            try await take(event, for: id, asked: advanced.isEmpty ? asked : nil)
            book.note(event, answering: key)
            desk.close(id, candidate, key)
            advanced.append(id)
        }
        return advanced
    }

    /// Journals an event and then takes it.
    ///
    /// - Throws: ``UnexpectedEvent`` where it does not fit; nothing is journalled then.
    private func take(_ event: Event, for id: TrajectoryID, asked: TimeSpan?) async throws {
        guard let trajectory = trajectories[id] else { return }
        var trial = trajectory
        try trial.apply(event)
        try await journal.append(.event(id, event, asked: asked))
        // Another candidate of the same trajectory may have been taken in meanwhile.
        guard var current = trajectories[id], current.response.finish == nil else { return }
        try current.apply(event)
        trajectories[id] = current
        observe(.advanced(current, event))
    }

    // MARK: What went wrong

    private func handle(_ error: any Error, of key: Question.Key, by role: Role, stopping: Bool) async throws {
        lanes[role]?.inFlight.remove(key)
        if error is EngineGone || stopping {
            lanes[role]?.dropped.append(key)
        } else if error is Unanswerable {
            try await giveUp(key, reason: "\(error)")
        } else {
            if let question = desk[key] { observe(.attemptFailed(question.id, reason: "\(error)")) }
            if lanes[role]?.patience.failure(key, reason: "\(error)") == true { lanes[role]?.queue.append(key) }
        }
    }

    /// Restarts the engine in trouble; the others stay up, and what they were asked is asked again.
    private func recover(from trouble: EngineTrouble, _ crew: any Crew) async throws {
        observe(.trouble(trouble))
        let role = trouble.role
        let dropped = lanes[role]?.dropped ?? []
        guard let again = lanes[role]?.patience.engineDown(inFlight: dropped, how: "\(trouble)") else {
            throw EngineUseless(roles: [role], reason: "\(trouble), again and again")
        }
        lanes[role]?.dropped = again
        for role in roles { lanes[role]?.takeBackDropped() }
        try await restart(role, crew)
    }

    private func restart(_ role: Role, _ crew: any Crew) async throws {
        try mayRestart(role)
        try await interruption.giveUpOn { try await crew.restart(role) }
    }

    /// Fails all who wait for an answer.
    private func giveUp(_ key: Question.Key, reason: String) async throws {
        while let (id, _) = desk.first(waitingFor: key) {
            desk.closeAll(of: id)
            try await take(.failed(reason: reason), for: id, asked: nil)
        }
    }
}
