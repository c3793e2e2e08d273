import JobSpecs
import Runner
import Support

/// What the last waves of a job's expected run cost, and what they would cost with all engines up together.
struct PlannedTail: Sendable {
    private let plan: TailPlan?
    private let written: TailSpec
    private let trajectories: Int
    private let leastGain: Double
    private let costs: ArrivalCosts

    /// - Parameter plan: nil if engines do not take turns, or cannot be up together.
    init(_ plan: TailPlan?, of job: LoadedJob, _ residency: ResidencyPlan, _ speeds: [EngineID: EngineSpeed]) {
        self.plan = plan
        written = job.spec.engine.tail
        trajectories = job.trajectoryCount
        leastGain = job.spec.engine.kind.leastWork
        let starts = speeds.mapValues(\.start.expected)
        let returns = residency.residency == .sleep ? speeds.mapValues(\.wake.expected) : starts
        costs = ArrivalCosts(starts: starts, next: returns, later: returns)
    }

    /// nil if engines take turns to the end.
    func rule(_ tail: TailSpec) -> TailRule? {
        guard let plan, tail != .never else { return nil }
        return TailRule(tail, leastGain: leastGain, costs: costs) { plan.layout(of: $0)?.room }
    }

    /// Trajectories that count as few: what the job says, or a tenth of all and at most 64, far fewer than fill a GPU.
    var few: Int {
        if case .last(let count) = written { return count }
        return max(1, min(64, trajectories / 10))
    }

    /// - Parameters:
    ///   - planned: the expected run.
    ///   - simulate: the same under another rule.
    /// - Returns: nil if engines do not take turns, or no wave has few trajectories.
    func figures(
        of planned: RunCounts, on engines: JobEngines, speeds: [EngineID: EngineSpeed],
        simulate: (TailRule?) async throws -> RunCounts
    ) async throws -> JobPlan.Tail? {
        let inTurns = rule(written) == nil ? planned : try await simulate(nil)
        guard inTurns.byWave.contains(where: { $0.phases > 1 }) else { return nil }
        let isTogether = planned != inTurns
        var together = isTogether ? planned : nil
        if !isTogether, let rule = rule(.last(few)) {
            let other = try await simulate(rule)
            together = other == inTurns ? nil : other
        }
        // Engines that are up together stay so to the end, in what counts as one wave.
        let firsts = [
            inTurns.byWave.reversed().prefix { $0.trajectories <= few }.last, together?.byWave.last,
        ]
        guard let end = inTurns.byWave.last, let first = firsts.compactMap({ $0?.number }).min() else { return nil }
        func loading(_ counts: RunCounts) -> JobPlan.Tail.Loading {
            let waves = counts.byWave.filter { $0.number >= first }
            let seconds = counts.seconds(of: engines, at: speeds, imports: nil, \.expected)
            let total = seconds.first { $0.name == .total }?.value ?? 0
            let arriving = waves.reduce(0) { sum, wave in
                sum + wave.starts.reduce(0) { $0 + Double($1.value) * (speeds[$1.key]?.start.expected ?? 0) }
                    + wave.wakes.reduce(0) { $0 + Double($1.value) * (speeds[$1.key]?.wake.expected ?? 0) }
            }
            return JobPlan.Tail.Loading(
                starts: waves.reduce(0) { $0 + $1.starts.values.reduce(0, +) },
                wakes: waves.reduce(0) { $0 + $1.wakes.values.reduce(0, +) }, seconds: arriving,
                share: total > 0 ? arriving / total : 0)
        }
        return JobPlan.Tail(
            trajectories: inTurns.byWave.filter { $0.number >= first }.map(\.trajectories).max() ?? 0,
            firstWave: first, lastWave: max(first, end.number),
            inTurns: loading(inTurns), together: together.map(loading), isTogether: isTogether)
    }
}
