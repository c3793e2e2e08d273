import Decoding
import JobSpecs
import ModelLifecycle

extension Scheduler {
    /// Proceeds as far as possible without waiting.
    mutating func settle() {
        switch stage {
        case .preparing:
            guard entries.isEmpty else { return }
            if isToStop { return end(.stop) }
            if queues.values.allSatisfy(\.isEmpty) {
                // Every response is known: the group is not started.
                beginTurn()
                return settle()
            }
            if let wanted = tailEngines() {
                unite(wanted)
                return settle()
            }
            stage = .activating
            act(isTail ? .unite(groups[turn]) : .activate(groups[turn]))
        case .working(let phase):
            send(phase)
            if queues.values.allSatisfy(\.isEmpty), entries.isEmpty { conclude(phase) }
        case .halting(let phase, let trouble): if isQuiet { recover(phase, from: trouble) }
        case .stopping(let phase): if isQuiet { end(phase, .stop) }
        case .activating, .restarting, .over: break
        }
    }

    /// Whether nothing is in flight.
    private var isQuiet: Bool { queues.values.allSatisfy(\.isIdle) && entries.isEmpty }

    /// Begins the turn of the next group with work.
    mutating func beginTurn() {
        if trajectories.isFinished { return end(.finish) }
        if isToStop { return end(.stop) }
        for _ in groups {
            turn = (turn + 1) % groups.count
            let ready = trajectories.needing(roles(of: groups[turn]))
            if ready.isEmpty { continue }
            stage = .preparing
            queues = Dictionary(uniqueKeysWithValues: groups[turn].map { ($0, queue(of: $0)) })
            for trajectory in ready { takeUp(trajectory.id) }
            return
        }
        preconditionFailure("no engine of \(groups) serves a role that a trajectory needs")
    }

    func queue(of engine: EngineID) -> EngineQueue {
        EngineQueue(limit: limits[engine] ?? .max, useful: adaptive[engine]?.value ?? .max)
    }

    private func roles(of group: [EngineID]) -> [Role] { group.flatMap(engines.roles) }

    mutating func beginPhase() {
        guard stage == .activating else { return }
        let group = groups[turn]
        let ready = trajectories.needing(roles(of: group))
        let phase = SchedulerPhase(
            wave: ready.map(\.wave).max() ?? 0,
            engines: group, roles: roles(of: group), trajectories: ready.count)
        act(.prepare(next))
        act(.beginPhase(phase))
        work(phase)
    }

    /// The group that is likely to have work next; empty if there is none.
    private var next: [EngineID] {
        let roles = groups.map(roles)
        let next = trajectories.group(after: roles[turn], of: roles)
        return next.isEmpty ? [] : roles.firstIndex(of: next).map { groups[$0] } ?? []
    }

    mutating func work(_ phase: SchedulerPhase) {
        stage = .working(phase)
        if isToStop { stop() }
    }

    /// Keeps the number of requests that the engine can use.
    mutating func measure(_ engine: EngineID, _ metrics: EngineMetrics) {
        guard let load = queues[engine]?.load, adaptive[engine] != nil else { return }
        adaptive[engine]?.note(metrics, inFlight: load)
        queues[engine]?.useful = adaptive[engine]?.value ?? .max
    }

    private mutating func send(_ phase: SchedulerPhase) {
        // Its engine is gone, which will be reported.
        guard queues.values.allSatisfy(\.dropped.isEmpty) else { return }
        let (pending, slots) = (pending, slots)
        for engine in phase.engines {
            // Skip requests that no trajectory waits for any more.
            while let next = queues[engine]?.next(slots: { pending[$0].map { slots[$0.need.role] ?? 1 } }),
                var request = pending[next]
            {
                request.isFollowed = streams[next] != nil
                act(.send(request, to: engine))
            }
        }
    }

    private mutating func conclude(_ phase: SchedulerPhase) {
        for engine in phase.engines {
            switch queues[engine]?.conclude() ?? .done {
            case .done: break
            case .secondChance(let requests):
                stage = .restarting(phase, engine, retrying: requests)
                return act(.restart(engine))
            case .fail(let failures):
                // A smaller cache may be the cause.
                if isTail { return part(phase, failures.first?.reason ?? "requests failed") }
                for failure in failures { giveUp(failure.request, reason: failure.reason) }
            case .useless(let reason):
                if isTail { return part(phase, reason) }
                return end(phase, .giveUp(EngineUseless(engines: [engine], reason: reason)))
            }
        }
        // Failures are recorded first.
        guard entries.isEmpty else { return }
        act(.endPhase)
        beginTurn()
        settle()
    }

    mutating func end(_ phase: SchedulerPhase, _ action: SchedulerAction) {
        act(.endPhase)
        end(action)
    }
}
