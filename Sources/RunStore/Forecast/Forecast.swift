import Decoding

/// How long a run will still take, from what it has done so far.
///
/// Each method's ``Outlook`` says what it needs in the waves to come. The engines take turns as before: a phase lasts as long as its
/// busiest engine works at the pace so far, but no less than a request takes, and each turn begins with what it took to bring its engines
/// up the last time.
package struct Forecast {
    private static let mostWaves = 10_000

    /// Seconds until all trajectories are finished; nil while too little is known.
    package static func secondsLeft(_ work: WorkDone) -> Double? {
        var outlooks: [Outlook] = []
        for method in work.methods.values where !method.isFinished {
            guard let outlook = Outlook(method, work) else { return nil }
            outlooks.append(outlook)
        }
        let latencies = latencies(work)
        var turns = Turns(work.engines)
        for wave in 0..<mostWaves where !outlooks.isEmpty {
            var amounts: [Role: Outlook.Amount] = [:]
            for outlook in outlooks {
                guard let some = outlook.amounts(inWave: wave) else { return nil }
                amounts.merge(some) { $0 + $1 }
            }
            if wave > 1, amounts.values.allSatisfy({ $0.trajectories < 0.5 }) { break }
            turns.add(amounts, work.roles, latencies)
        }
        return turns.seconds
    }

    /// Seconds of a request, by role.
    private static func latencies(_ work: WorkDone) -> [Role: Double] {
        var sums: [Role: (seconds: Double, count: Int)] = [:]
        for (role, responses) in work.methods.values.flatMap(\.roles) {
            sums[role, default: (0, 0)].seconds += responses.latency
            sums[role, default: (0, 0)].count += responses.asked
        }
        return sums.compactMapValues { $0.count > 0 ? $0.seconds / Double($0.count) : nil }
    }
}

/// The engines' turns, one wave after the other.
private struct Turns {
    private let engines: EngineTurns
    private let groups: (all: [(roles: [Role], start: Double)], first: Int)
    private var inTurns = 0.0
    /// Of engines that are all up, which work side by side: seconds of each, and of one trajectory that goes through all waves.
    private var busy: [String: Double] = [:]
    private var oneByOne = 0.0
    private var isFirstWave = true

    init(_ engines: EngineTurns) {
        self.engines = engines
        groups = engines.groups
    }

    var seconds: Double { inTurns + max(oneByOne, busy.values.max() ?? 0) }

    mutating func add(
        _ amounts: [Role: Outlook.Amount], _ roles: [Role: RoleWork], _ latencies: [Role: Double]
    ) {
        for (number, group) in groups.all.enumerated() where !isFirstWave || number >= groups.first {
            var (work, longest): ([String: Double], Double) = ([:], 0)
            var most = 0.0
            for role in group.roles {
                guard let amount = amounts[role] else { continue }
                most = max(most, amount.trajectories)
                work[engines.name(of: role) ?? "", default: 0] +=
                    roles[role]?.seconds(ofRequests: amount.requests, load: amount.load) ?? 0
                longest += min(1, amount.trajectories) * (latencies[role] ?? 0)
            }
            if groups.all.count == 1 {
                busy.merge(work, uniquingKeysWith: +)
                oneByOne += longest
            } else {
                let start = isFirstWave && number == groups.first ? 0 : min(1, most) * group.start
                inTurns += start + max(longest, work.values.max() ?? 0)
            }
        }
        isFirstWave = false
    }
}
