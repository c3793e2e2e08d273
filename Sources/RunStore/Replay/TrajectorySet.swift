import Datasets
import Decoding
import JobSpecs

/// All trajectories of a job, in the order of the results: method, data set, problem, sample.
package struct TrajectorySet: Sendable, RandomAccessCollection {
    private var trajectories: [Trajectory]
    private let positions: [TrajectoryID: Int]
    private let roles: [String: Set<Role>]
    private let problems: [TrajectoryID: Problem]

    package init(_ job: LoadedJob) {
        let spec = job.spec
        var trajectories: [Trajectory] = []
        var problems: [TrajectoryID: Problem] = [:]
        for method in spec.methods {
            let common = CommonSettings(job, for: method)
            for dataset in spec.datasets {
                for problem in job.problems[dataset.name] ?? [] {
                    for sample in 0..<spec.samples(of: method) {
                        let id = TrajectoryID(
                            method: method.name, dataset: dataset.name, problem: problem.id, sample: sample)
                        let draw = Draw(runSeed: spec.seed(ofSample: sample), trajectory: id)
                        problems[id] = problem
                        trajectories.append(
                            Trajectory(
                                id: id, limits: common.limits, method: method.kind.settings.start(common, draw: draw),
                                sampling: spec.sampling(of: method)))
                    }
                }
            }
        }
        self.init(trajectories, of: spec, problems: problems)
    }

    package init(_ trajectories: [Trajectory], of spec: JobSpec, problems: [TrajectoryID: Problem] = [:]) {
        roles = Dictionary(spec.methods.map { ($0.name, $0.kind.roles) }) { first, _ in first }
        self.trajectories = trajectories
        positions = Dictionary(uniqueKeysWithValues: trajectories.indices.map { (trajectories[$0].id, $0) })
        self.problems = problems
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { trajectories.count }
    package subscript(position: Int) -> Trajectory { trajectories[position] }

    package subscript(id: TrajectoryID) -> Trajectory? { positions[id].map { trajectories[$0] } }

    package func problem(of id: TrajectoryID) -> Problem? { problems[id] }

    /// The largest number of waves of any trajectory.
    package var waves: Int { trajectories.map(\.response.waves).max() ?? 0 }

    package var isFinished: Bool { trajectories.allSatisfy { $0.response.finish != nil } }

    package var finishedCount: Int { trajectories.count { $0.response.finish != nil } }

    package func needing(_ roles: [Role]) -> [Trajectory] {
        filter { $0.needs(anyOf: roles) }
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
            if let position = positions[trajectory.id] { trajectories[position] = trajectory }
        }
    }

    /// Replays the records of a journal.
    ///
    /// - Parameter answered: called with every response, the need that it met, and where it came from.
    /// - Returns: the number of events.
    /// - Throws: ``ForeignEvent`` if an event does not belong to this job.
    package mutating func replay(
        _ records: [JournalRecord], answered: ((Event, Need, TrajectoryID, AnswerOrigin) -> Void)? = nil
    ) throws -> Int {
        var count = 0
        let hasGrown = records.haveGrown
        for index in records.standing {
            guard case .event(let id, let event, let origin) = records[index] else { continue }
            guard let position = positions[id] else {
                // The job had it before it was changed.
                if hasGrown { continue }
                throw ForeignEvent(line: index + 1, reason: "no trajectory of this job is called \(id)")
            }
            let needs = answered == nil ? [] : trajectories[position].needs
            do {
                try trajectories[position].apply(event)
                if let answered, let need = needs.first(where: event.answers) {
                    answered(event, need, id, origin)
                }
            } catch {
                throw ForeignEvent(line: index + 1, reason: "\(error)")
            }
            count += 1
        }
        return count
    }
}
