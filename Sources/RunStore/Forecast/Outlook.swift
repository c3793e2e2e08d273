import Decoding
import JobSpecs
import Support

/// What one method still needs, wave by wave, if things go on as they went.
///
/// Where a threshold decides, a trajectory needs as many further waves as steps are rejected of those that it has left. Each is rejected
/// with the same probability: the share in its method, and with time its own. How many steps it has left is known from its last draft, where
/// that went to the end of the solution, and otherwise from finished responses to the problem, or to all. Other methods take a wave for each
/// step, or one for all.
struct Outlook {
    /// Work for one role in one wave, in expectation.
    struct Amount {
        var trajectories = 0.0
        var requests = 0.0
        var load = 0.0

        static func + (left: Amount, right: Amount) -> Amount {
            Amount(
                trajectories: left.trajectories + right.trajectories, requests: left.requests + right.requests,
                load: left.load + right.load)
        }
    }

    /// Times that a trajectory must have gone through a wave before a method is known.
    private static let least = 5
    /// Steps by which a trajectory's own share of rejections counts as much as its method's.
    private static let inertia = 15.0

    private let work: MethodWork
    /// Roles in the order of a wave, each with the responses that it gives for one of the role before; the first one, in a wave.
    private var chain: [(role: Role, ratio: Double)] = []
    /// Of the first engine that is up.
    private let turn: Int
    private var prospects: [Prospect: (count: Int, steps: Double)] = [:]
    /// Trajectories that wait for each role.
    private var waiting: [Role: Int] = [:]

    /// - Returns: nil if too little is known of the method.
    init?(_ work: MethodWork, _ all: WorkDone) {
        self.work = work
        turn = all.engines.turn
        let unfinished = work.places.filter { !$0.value.open.isEmpty }
        let begun = unfinished.count {
            $0.value.waves > 1 || $0.value.waves == 1 && $0.value.waits(forFirstOf: work.roles.keys)
        }
        guard work.finishedWaves.count + begun >= min(Self.least, work.total) else { return nil }
        let repeats = begun > 0 || (work.finishedWaves.value ?? 0) > 1 || work.verdicts.rejected > 0
        setChain(waves: unfinished.values.reduce(work.finishedWaves.sum) { $0 + begunWaves(of: $1) })
        for (id, place) in unfinished {
            for role in place.open.keys { waiting[role, default: 0] += 1 }
            var (prospect, left) = (Prospect(), 0.0)
            if repeats {
                guard let length = length(of: id, at: place, all) else { return nil }
                (prospect, left) = self.prospect(of: place, length)
            }
            prospect.wave = wave(of: place.open.keys.min { $0.turn < $1.turn } ?? .draft)
            prospects[prospect, default: (0, 0)].count += 1
            prospects[prospect, default: (0, 0)].steps += left
        }
    }

    /// Where a threshold decides, a wave counts from its draft on, and otherwise from its end on.
    private func begunWaves(of place: MethodWork.Place) -> Int {
        !isJudged || place.waits(forFirstOf: work.roles.keys) ? place.waves + 1 : max(1, place.waves)
    }

    private mutating func setChain(waves: Int) {
        var before = waves
        for (role, responses) in work.roles.sorted(by: { $0.key.turn < $1.key.turn }) {
            chain.append((role, before > 0 ? Double(responses.count + responses.open) / Double(before) : 0))
            before = responses.count
        }
    }

    private func length(of id: TrajectoryID, at place: MethodWork.Place, _ all: WorkDone) -> Double? {
        let usual = isJudged ? nil : work.finishedWaves.value
        return place.length.map(Double.init) ?? all.lengths[id.problemName]?.value ?? usual ?? all.length.value
    }

    private var isJudged: Bool { work.verdicts.accepted + work.verdicts.rejected > 0 }

    /// - Returns: also the steps that are left.
    private func prospect(of place: MethodWork.Place, _ length: Double) -> (Prospect, Double) {
        guard isJudged else {
            let left = max(0, length - Double(place.waves) - 1)
            return (Prospect(certain: Int(bounding: left.rounded())), left)
        }
        let left = max(0, length - Double(place.steps))
        let usual = Double(work.verdicts.rejected) / Double(work.verdicts.accepted + work.verdicts.rejected)
        let own = Double(place.verdicts.accepted + place.verdicts.rejected)
        let share = (Double(place.verdicts.rejected) + Self.inertia * usual) / (own + Self.inertia)
        // The target writes the next step; after it comes a draft, unless it was the last.
        let certain = place.open[.target] != nil && left > 1 ? 1 : 0
        let prospect = Prospect(
            certain: certain, steps: Int(bounding: max(0, left - Double(certain)).rounded()),
            rejected: Int(bounding: (share * 100).rounded()))
        return (prospect, left)
    }

    private func wave(of role: Role) -> Int { role.turn < turn ? 1 : 0 }

    // MARK: Work

    /// Work in a wave, from the one that the engines are in (0); nil if the cost of a role is unknown.
    func amounts(inWave wave: Int) -> [Role: Amount]? {
        var amounts: [Role: Amount] = [:]
        guard add(nowIn: wave, to: &amounts), add(laterIn: wave, to: &amounts) else { return nil }
        return amounts
    }

    /// Adds what trajectories need in the wave that they are in: what they wait for, and what follows from it.
    private func add(nowIn wave: Int, to amounts: inout [Role: Amount]) -> Bool {
        for (place, link) in chain.enumerated() where wave == self.wave(of: link.role) {
            var responses = Double(work.roles[link.role]?.open ?? 0)
            guard responses > 0 else { continue }
            let trajectories = Double(waiting[link.role] ?? 0)
            guard add(responses, by: trajectories, link.role, to: &amounts) else { return false }
            for next in chain[(place + 1)...] {
                responses *= next.ratio
                guard add(responses, by: min(trajectories, responses), next.role, to: &amounts) else { return false }
            }
        }
        return true
    }

    /// Adds what they need in waves after that.
    private func add(laterIn wave: Int, to amounts: inout [Role: Amount]) -> Bool {
        var (count, steps) = (0.0, 0.0)
        for (prospect, group) in prospects {
            let odds = prospect.odds(inWave: wave)
            count += odds * Double(group.count)
            steps += odds * group.steps * max(0, 1 - Double(wave - prospect.wave) / (prospect.expected + 1))
        }
        var responses = count
        for link in chain {
            responses *= link.ratio
            guard add(responses, by: min(count, responses), steps: steps, link.role, to: &amounts) else { return false }
        }
        return true
    }

    /// - Parameter steps: the steps that they have left; nil where a response takes as much as usual.
    /// - Returns: false if it is unknown what they take.
    private func add(
        _ responses: Double, by trajectories: Double, steps: Double? = nil, _ role: Role,
        to amounts: inout [Role: Amount]
    ) -> Bool {
        guard responses > 0.001 else { return true }
        guard let known = work.roles[role], known.count > 0 else { return trajectories < 0.5 }
        // All were taken from other trajectories.
        guard known.asked > 0 else { return true }
        let asked = responses * Double(known.asked) / Double(known.count)
        amounts[role, default: Amount()].trajectories += trajectories
        amounts[role]?.requests += asked
        if let steps, known.toTheEnd * 2 > known.asked {
            amounts[role]?.load += asked / trajectories * steps * known.load / Double(max(1, known.steps))
        } else {
            amounts[role]?.load += asked * known.load / Double(known.asked)
        }
        return true
    }
}
