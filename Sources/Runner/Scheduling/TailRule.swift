import Decoding
import Foundation
import JobSpecs
import RunStore

/// When the last trajectories of a run get all their engines at once, where groups take turns otherwise.
///
/// A decision of cost, not of results: each trajectory takes the same events either way.
package struct TailRule: Sendable {
    let tail: TailSpec
    /// Long requests that the caches of engines hold while these are up together; nil if it cannot be shown that they fit.
    let room: @Sendable ([EngineID]) -> Int?
    /// Requests that may be in flight to all of them together.
    var mostRequests = Int.max
    /// Seconds that `auto` must save.
    let leastGain: Double
    var costs: ArrivalCosts

    /// The part of its cost that `auto` must save on top, since both are predictions.
    private static let margin = 0.25

    package init(
        _ tail: TailSpec, leastGain: Double, costs: ArrivalCosts, room: @escaping @Sendable ([EngineID]) -> Int?
    ) {
        self.tail = tail
        self.leastGain = leastGain
        self.costs = costs
        self.room = room
    }

    /// The same for a sample of the problems.
    ///
    /// - Parameter factor: problems for each of the sample.
    package func scaled(by factor: Double) -> TailRule {
        guard factor > 1 else { return self }
        let room = room
        @Sendable func part(_ count: Int) -> Int { max(1, Int(Double(count) / factor)) }
        var tail = tail
        if case .last(let count) = tail { tail = .last(part(count)) }
        return TailRule(tail, leastGain: leastGain, costs: costs) { engines in room(engines).map(part) }
    }

    /// - Parameters:
    ///   - left: the unfinished trajectories.
    ///   - all: of the run.
    ///   - engines: that these need.
    ///   - groups: whose turn would come in this wave, the next one first.
    func applies(to left: [Trajectory], of all: TrajectorySet, _ engines: [EngineID], instead groups: [[EngineID]])
        -> Bool
    {
        if case .last(let count) = tail, left.count > count { return false }
        guard tail != .never, let room = room(engines) else { return false }
        let most = tail == .auto ? min(room, mostRequests) : mostRequests
        guard left.count <= most, left.reduce(0, { $0 + $1.needs.count }) <= most else { return false }
        return tail != .auto || pays(for: left, of: all, engines, instead: groups)
    }

    private func pays(
        for left: [Trajectory], of all: TrajectorySet, _ engines: [EngineID], instead groups: [[EngineID]]
    ) -> Bool {
        guard let waves = TailForecast(left, of: all).waves else { return false }
        let inTurns =
            costs.next.sum(of: groups.joined().filter(engines.contains)) + (waves - 1) * costs.later.sum(of: engines)
        let together = costs.starts.sum(of: engines)
        return inTurns - together >= max(leastGain, Self.margin * together)
    }
}

/// How many waves the last trajectories will still take if they go on finishing as they did in the later half of the waves so far.
struct TailForecast {
    /// With the present one; nil before the first wave is over.
    let waves: Double?

    init(_ left: [Trajectory], of all: some Sequence<Trajectory>) {
        let longest = left.map(\.response.waves).max() ?? 0
        guard longest > 0 else {
            waves = nil
            return
        }
        let methods = Set(left.map(\.id.method))
        let (half, count) = (longest / 2, left.count)
        var (finished, lived) = (0.0, 0.0)
        for trajectory in all
        where trajectory.response.waves > half && methods.contains(trajectory.id.method) {
            lived += Double(trajectory.response.waves - half)
            if trajectory.response.finish != nil { finished += 1 }
        }
        // The longest of so many lives that end with the same probability in each wave. Half a wave and half an end stand for what
        // is not known.
        let ending = min(0.99, (finished + 0.5) / (lived + 1))
        let harmonic = (1...max(1, count)).reduce(0) { $0 + 1 / Double($1) }
        // A wave adds at least one step.
        let most = left.map { $0.response.limits.maxSteps - $0.response.steps.count }.max() ?? 1
        waves = min(max(1, harmonic / -log(1 - ending) + 0.5), Double(max(1, most)))
    }
}
