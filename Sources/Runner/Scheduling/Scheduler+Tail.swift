import Decoding
import JobSpecs
import RunStore

/// The last trajectories of a run whose groups take turns may get all the engines that they need at once.
extension Scheduler {
    /// Whether all engines are up together that took turns before.
    var isTail: Bool { turns != nil }

    /// The engines to bring up together instead of the group whose turn it is; nil if groups go on taking turns.
    func tailEngines() -> [EngineID]? {
        guard turns == nil, groups.count > 1, let tail else { return nil }
        let left = trajectories.filter { $0.response.finish == nil }
        let roles = trajectories.roles(toCome: left)
        let wanted = engines.all.filter { !roles.isDisjoint(with: engines.roles(of: $0)) }
        guard groups.count(where: { !$0.filter(wanted.contains).isEmpty }) > 1,
            tail.applies(to: left, of: trajectories, wanted, instead: Array(groups[turn...]))
        else { return nil }
        return wanted
    }

    mutating func unite(_ wanted: [EngineID]) {
        (turns, groups, turn) = (groups, [wanted], 0)
        queues = Dictionary(uniqueKeysWithValues: wanted.map { ($0, queues[$0] ?? queue(of: $0)) })
        let ready = trajectories.needing(wanted.flatMap(engines.roles))
        act(.notify(.united(engines: wanted, trajectories: trajectories.count - trajectories.finishedCount)))
        for trajectory in ready { takeUp(trajectory.id) }
    }

    /// The engines cannot be up together: groups take turns again.
    mutating func giveUpTail(_ reason: String) {
        guard isTail else { return }
        switch stage {
        case .activating: part(reason)
        case .restarting(let phase, _, _): part(phase, reason)
        case .preparing, .working, .halting, .stopping, .over: break
        }
    }

    /// See ``giveUpTail(_:)``; ends the phase.
    mutating func part(_ phase: SchedulerPhase, _ reason: String) {
        act(.endPhase)
        part(reason)
    }

    /// What was requested and has no response is requested again.
    private mutating func part(_ reason: String) {
        act(.notify(.parted(reason: reason)))
        (groups, turns, tail, turn) = (turns ?? groups, nil, nil, -1)
        (queues, pending, streams) = ([:], PendingRequests(), [:])
        beginTurn()
        settle()
    }

    /// Whether the PRM is up while the draft writes. All engines of a tail are, but with a PRM that reads as many steps at once as it
    /// did in turns, rewards stay the same to the last digit.
    var mayReadAlong: Bool {
        guard let prm = engines[.prm], queues[prm] != nil else { return false }
        guard let turns, let draft = engines[.draft] else { return true }
        return turns.contains { $0.contains(prm) && $0.contains(draft) }
    }
}
