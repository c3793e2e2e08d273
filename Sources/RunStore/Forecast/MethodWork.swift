import Decoding
import Support

/// What one method's trajectories have taken so far, and where each of them is.
struct MethodWork: Sendable {
    /// Its responses from one role.
    struct Responses: Sendable {
        var count = 0
        /// Those that were asked of an engine rather than taken from another trajectory; the figures below are theirs.
        var asked = 0
        /// See `Event.load`.
        var load = 0.0
        var steps = 0
        /// Seconds of the requests, which overlap.
        var latency = 0.0
        /// Number of those that wrote to the end of the solution.
        var toTheEnd = 0
        /// Responses that trajectories wait for now.
        var open = 0
        /// Trajectories of which the first is one of this role.
        var waiting = 0
    }

    /// Where a trajectory is.
    struct Place: Sendable {
        /// Responses that it waits for; empty if it is finished.
        var open: [Role: Int] = [:]
        var first: Role?
        var steps: Int
        /// Steps of the whole solution, if a model has written it to its end.
        var length: Int?
        var verdicts: Verdicts
        var waves: Int

        fileprivate init(_ trajectory: Trajectory) {
            let needs = trajectory.needs
            for need in needs { open[need.role, default: 0] += 1 }
            first = needs.first?.role
            steps = trajectory.response.steps.count
            verdicts = trajectory.response.verdicts ?? Verdicts()
            waves = trajectory.response.waves
        }

        /// What it waits for comes first in a wave among these roles.
        func waits(forFirstOf roles: some Collection<Role>) -> Bool {
            open.keys.map(\.turn).min() == roles.map(\.turn).min()
        }
    }

    private(set) var places: [TrajectoryID: Place] = [:]
    private(set) var roles: [Role: Responses] = [:]
    private(set) var verdicts = Verdicts()
    /// Waves of finished responses.
    private(set) var finishedWaves = Mean()

    var total: Int { places.count }
    var isFinished: Bool { finishedWaves.count == total }

    mutating func begin(_ trajectory: Trajectory) { move(trajectory.id, to: Place(trajectory)) }

    mutating func take(_ event: Event, asked: TimeSpan?, by trajectory: Trajectory) {
        var place = Place(trajectory)
        let before = places[trajectory.id]
        place.length = before?.length
        if case .generated(let answer) = event, answer.end != .delimiter {
            place.length = (before?.steps ?? 0) + answer.steps.count
        }
        if let role = event.role { note(event, role, asked) }
        move(trajectory.id, to: place)
    }

    private mutating func note(_ event: Event, _ role: Role, _ asked: TimeSpan?) {
        roles[role, default: Responses()].count += 1
        guard let asked else { return }
        roles[role]?.asked += 1
        roles[role]?.load += event.load
        roles[role]?.latency += asked.seconds
        guard case .generated(let answer) = event else { return }
        roles[role]?.steps += answer.steps.count
        if answer.end != .delimiter { roles[role]?.toTheEnd += 1 }
    }

    private mutating func move(_ id: TrajectoryID, to place: Place) {
        if let before = places[id] { count(before, -1) }
        count(place, 1)
        places[id] = place
    }

    private mutating func count(_ place: Place, _ sign: Int) {
        verdicts.accepted += sign * place.verdicts.accepted
        verdicts.rejected += sign * place.verdicts.rejected
        for (role, count) in place.open { roles[role, default: Responses()].open += sign * count }
        if let first = place.first { roles[first]?.waiting += sign }
        if place.open.isEmpty { finishedWaves.add(place.waves, sign) }
    }
}

/// A mean that numbers can be taken out of again.
struct Mean: Sendable {
    private(set) var sum = 0
    private(set) var count = 0
    /// nil without numbers.
    var value: Double? { count > 0 ? Double(sum) / Double(count) : nil }

    mutating func add(_ number: Int, _ sign: Int = 1) { (sum, count) = (sum + sign * number, count + sign) }
}

extension Role {
    /// Its place in a wave.
    var turn: Int { Role.wave.firstIndex(of: self) ?? Role.wave.count }
}
