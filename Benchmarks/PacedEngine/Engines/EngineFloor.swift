import Decoding

/// Engines that work on their GPUs in simulated time, in seconds since the beginning. Iterations on one GPU run one after the
/// other, in the order in which they were begun.
package struct EngineFloor: Sendable {
    /// An engine that is up.
    package struct Engine: Sendable {
        package let role: Role
        package fileprivate(set) var scheduler: BatchScheduler
        package var isAsleep = false
        /// The iteration that runs, and when the engine may begin the next one.
        fileprivate var current: (batch: Batch, next: Double)?
    }

    package struct Outcome: Sendable, Equatable {
        package var role: Role
        package var time: Double
        package var progress: [BatchScheduler.Progress]
    }

    package let machine: PacedMachine
    package private(set) var engines: [Role: Engine] = [:]
    /// Of all engines of a role that were up.
    package private(set) var tallies: [Role: EngineTally] = [:]
    /// When each GPU has done all that was begun.
    private var freeAt: [Role?: Double] = [:]

    package init(_ machine: PacedMachine) { self.machine = machine }

    /// Brings an engine up.
    package mutating func open(_ role: Role) {
        engines[role] = Engine(
            role: role, scheduler: BatchScheduler(machine.limits(of: role)))
    }

    package mutating func close(_ role: Role) {
        guard let engine = engines.removeValue(forKey: role) else { return }
        tallies[role, default: EngineTally()].ended += engine.scheduler.counts
    }

    /// Counts of all engines of a role.
    package func counts(of role: Role) -> BatchScheduler.Counts {
        var counts = tallies[role]?.ended ?? BatchScheduler.Counts()
        if let engine = engines[role] { counts += engine.scheduler.counts }
        return counts
    }

    package mutating func setAsleep(_ isAsleep: Bool, _ role: Role) {
        engines[role]?.isAsleep = isAsleep
        if isAsleep { engines[role]?.scheduler.forgetPrefixes() }
    }

    /// - Returns: false if the engine's cache could never hold the request.
    package mutating func submit(_ work: BatchScheduler.Work, to role: Role) -> Bool {
        guard engines[role]?.scheduler.canHold(work) == true else { return false }
        engines[role]?.scheduler.add(work)
        return true
    }

    package mutating func abort(_ id: Int, of role: Role) { engines[role]?.scheduler.abort(id) }

    /// When the next iteration ends; nil if none runs.
    package var nextEvent: Double? { engines.values.compactMap { $0.current?.next }.min() }

    /// Ends the iterations that end until `now`, in order, and begins those that follow them.
    package mutating func advance(to now: Double) -> [Outcome] {
        var outcomes: [Outcome] = []
        while let (role, time) = nextEnd(until: now) {
            let progress = engines[role]?.scheduler.complete() ?? []
            engines[role]?.current = nil
            outcomes.append(Outcome(role: role, time: time, progress: progress))
            begin(role, at: time)
        }
        return outcomes
    }

    /// Begins iterations of engines that had nothing to do.
    package mutating func beginIdle(at now: Double) {
        for role in PacedMachine.roles where engines[role]?.current == nil { begin(role, at: now) }
    }

    private func nextEnd(until now: Double) -> (Role, Double)? {
        engines.values.compactMap { engine in engine.current.map { (engine.role, $0.next) } }
            .filter { $0.1 <= now }
            .min { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
    }

    private mutating func begin(_ role: Role, at now: Double) {
        // In place: a copy of the engine would copy its cache with every iteration.
        guard engines[role]?.isAsleep == false, let batch = engines[role]?.scheduler.schedule() else { return }
        let cost = machine.cost(of: role)
        let device = machine.devices == .one ? nil : role
        let begin = max(now, freeAt[device] ?? 0)
        let seconds = cost.device(batch)
        freeAt[device] = begin + seconds
        engines[role]?.current = (batch, max(begin + seconds, now + cost.host(batch)))
        tallies[role, default: EngineTally()].add(
            batch, from: begin, seconds: seconds, isFull: cost.isFull(batch))
    }
}
