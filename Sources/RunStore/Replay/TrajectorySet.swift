import Datasets
import Decoding
import JobSpecs
import Support
import Synchronization

/// All trajectories of a job, in the order of the results: method, data set, problem, sample.
package struct TrajectorySet: Sendable, RandomAccessCollection {
    private var trajectories: [Trajectory]
    private let places: TrajectoryPlaces
    private let roles: [String: Set<Role>]
    /// Of each trajectory, as an index of ``problems``.
    private let numbers: [Int32]
    private let problems: [Problem]

    package init(_ job: LoadedJob) {
        let spec = job.spec
        var trajectories: [Trajectory] = []
        var numbers: [Int32] = []
        trajectories.reserveCapacity(job.trajectoryCount)
        numbers.reserveCapacity(job.trajectoryCount)
        for method in spec.methods {
            let common = CommonSettings(job, for: method)
            var number: Int32 = -1
            for dataset in spec.datasets {
                for problem in job.problems[dataset.name] ?? [] {
                    number += 1
                    for sample in 0..<spec.samples(of: method) {
                        let id = TrajectoryID(
                            method: method.name, dataset: dataset.name, problem: problem.id, sample: sample)
                        let draw = Draw(runSeed: spec.seed(ofSample: sample), trajectory: id)
                        numbers.append(number)
                        trajectories.append(
                            Trajectory(
                                id: id, limits: common.limits, method: method.kind.settings.start(common, draw: draw),
                                sampling: spec.sampling(of: method)))
                    }
                }
            }
        }
        self.init(
            trajectories, of: spec, numbers: numbers,
            problems: spec.datasets.flatMap { job.problems[$0.name] ?? [] })
    }

    package init(_ trajectories: [Trajectory], of spec: JobSpec, problems: [TrajectoryID: Problem] = [:]) {
        let known = trajectories.map { problems[$0.id] }
        var next: Int32 = -1
        let numbers = known.map { problem in
            if problem != nil { next += 1 }
            return problem == nil ? -1 : next
        }
        self.init(trajectories, of: spec, numbers: numbers, problems: known.compactMap(\.self))
    }

    private init(_ trajectories: [Trajectory], of spec: JobSpec, numbers: [Int32], problems: [Problem]) {
        roles = Dictionary(spec.methods.map { ($0.name, $0.kind.roles) }) { first, _ in first }
        self.trajectories = trajectories
        places = TrajectoryPlaces(trajectories)
        (self.numbers, self.problems) = (numbers, problems)
    }

    private func place(of id: TrajectoryID) -> Int? { places.find(id, in: trajectories) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { trajectories.count }
    package subscript(position: Int) -> Trajectory { trajectories[position] }

    package subscript(id: TrajectoryID) -> Trajectory? { place(of: id).map { trajectories[$0] } }

    package func problem(of id: TrajectoryID) -> Problem? {
        guard let place = place(of: id), numbers[place] >= 0 else { return nil }
        return problems[Int(numbers[place])]
    }

    /// The largest number of waves of any trajectory.
    package var waves: Int { trajectories.map(\.response.waves).max() ?? 0 }

    package var isFinished: Bool { trajectories.allSatisfy { $0.response.finish != nil } }

    package var finishedCount: Int { trajectories.count { $0.response.finish != nil } }

    package func needing(_ roles: [Role]) -> [Trajectory] {
        filter { $0.needs(anyOf: roles) }
    }

    /// The roles that the methods of these trajectories need.
    package func roles(toCome left: [Trajectory]) -> Set<Role> {
        Set(left.map(\.id.method)).reduce(into: []) { $0.formUnion(roles[$1] ?? []) }
    }

    /// The group that is likely to have work once the given one has none: the next in a wave's order that some trajectory needs,
    /// or that its method will need after what it now needs from the given group. Empty if there is none or it is the given one.
    package func group(after group: [Role], of groups: [[Role]]) -> [Role] {
        var needed: Set<Role> = []
        for trajectory in trajectories {
            let needs = Set(trajectory.needs.map(\.role))
            needed.formUnion(needs.isDisjoint(with: group) ? needs : roles[trajectory.id.method] ?? [])
        }
        let index = groups.firstIndex(of: group) ?? 0
        return (groups[(index + 1)...] + groups[..<index]).first { !needed.isDisjoint(with: $0) } ?? []
    }

    package mutating func update(_ changed: some Sequence<Trajectory>) {
        for trajectory in changed {
            if let place = place(of: trajectory.id) { trajectories[place] = trajectory }
        }
    }

    /// Replays the records of a journal.
    ///
    /// - Returns: the number of events.
    /// - Throws: ``ForeignEvent`` for the first event that does not belong to this job; the trajectories are then of no use.
    package mutating func replay(_ records: [JournalRecord]) throws(ForeignEvent) -> Int {
        let hasGrown = records.haveGrown
        var count = 0
        // The events of each trajectory in order, and the trajectories that have any: none depends on those of another.
        var events = EventChains(trajectories: trajectories.count, records: records.count)
        var touched: [Int] = []
        var unknown: ForeignEvent?
        for index in records.standing {
            guard let id = records[index].trajectory else { continue }
            guard let place = place(of: id) else {
                // The job had it before it was changed.
                if hasGrown { continue }
                unknown = ForeignEvent(line: index + 1, reason: "no trajectory of this job is called \(id)")
                break
            }
            if events.add(index, to: place) { touched.append(place) }
            count += 1
        }
        let fault = Mutex(unknown)
        trajectories.parallelUpdate(touched) { [events] trajectory, place in
            guard let found = trajectory.replay(events.first(of: place), events, of: records) else { return }
            fault.withLock { $0 = [$0, found].compactMap(\.self).min { $0.line < $1.line } }
        }
        if let fault = fault.withLock({ $0 }) { throw fault }
        return count
    }
}

/// For each trajectory, the indices of its events in the records, in order: each names the next. Lists would be hundreds of thousands.
private struct EventChains: Sendable {
    private var firsts: [Int32]
    private var lasts: [Int32]
    private var nexts: [Int32]

    init(trajectories: Int, records: Int) {
        firsts = Array(repeating: -1, count: trajectories)
        lasts = firsts
        nexts = Array(repeating: -1, count: records)
    }

    /// - Returns: whether it is the trajectory's first.
    mutating func add(_ record: Int, to trajectory: Int) -> Bool {
        let last = lasts[trajectory]
        lasts[trajectory] = Int32(record)
        if last < 0 { firsts[trajectory] = Int32(record) } else { nexts[Int(last)] = Int32(record) }
        return last < 0
    }

    func first(of trajectory: Int) -> Int? { Self.index(firsts[trajectory]) }
    func next(after record: Int) -> Int? { Self.index(nexts[record]) }

    private static func index(_ number: Int32) -> Int? { number < 0 ? nil : Int(number) }
}

extension Trajectory {
    /// - Parameter first: index of its first event.
    /// - Returns: the first event that does not match; the trajectory is then of no use.
    fileprivate mutating func replay(
        _ first: Int?, _ events: EventChains, of records: [JournalRecord]
    ) -> ForeignEvent? {
        var next = first
        while let index = next {
            next = events.next(after: index)
            guard case .event(_, let event, _) = records[index] else { continue }
            do {
                try replay(event)
            } catch {
                return ForeignEvent(line: index + 1, reason: "\(error)")
            }
        }
        return nil
    }
}
