import Datasets
import Decoding
import JobSpecs

/// All trajectories of a job, in the order of the results: method, data set, problem, sample.
package struct Roster: Sendable {
    package let ids: [TrajectoryID]
    package private(set) var trajectories: [TrajectoryID: Trajectory]
    private let roles: [String: Set<Role>]
    private let problems: [TrajectoryID: Problem]

    package init(_ job: LoadedJob) {
        let spec = job.spec
        let common = CommonSettings(job)
        var trajectories: [Trajectory] = []
        var problems: [TrajectoryID: Problem] = [:]
        for method in spec.methods {
            for dataset in spec.datasets {
                for problem in job.problems[dataset.name] ?? [] {
                    for (sample, seed) in spec.seeds.enumerated() {
                        let id = TrajectoryID(
                            method: method.name, dataset: dataset.name, problem: problem.id, sample: sample)
                        let draw = Draw(runSeed: seed, trajectory: id)
                        problems[id] = problem
                        trajectories.append(
                            Trajectory(
                                id: id, limits: common.limits, method: method.kind.settings.start(common, draw: draw)))
                    }
                }
            }
        }
        self.init(trajectories, of: spec, problems: problems)
    }

    package init(_ trajectories: [Trajectory], of spec: JobSpec, problems: [TrajectoryID: Problem] = [:]) {
        roles = Dictionary(spec.methods.map { ($0.name, $0.kind.roles) }) { first, _ in first }
        ids = trajectories.map(\.id)
        self.trajectories = Dictionary(uniqueKeysWithValues: trajectories.map { ($0.id, $0) })
        self.problems = problems
    }

    package subscript(id: TrajectoryID) -> Trajectory? { trajectories[id] }

    package func problem(of id: TrajectoryID) -> Problem? { problems[id] }

    /// In the order of the results.
    package var all: [Trajectory] { ids.compactMap { trajectories[$0] } }

    /// The most waves that any of them took.
    package var waves: Int { trajectories.values.map(\.response.waves).max() ?? 0 }

    package var isFinished: Bool { trajectories.values.allSatisfy { $0.response.finish != nil } }

    package var finishedCount: Int { trajectories.values.count { $0.response.finish != nil } }

    package func needing(_ roles: [Role]) -> [Trajectory] {
        all.filter { $0.needs(anyOf: roles) }
    }

    /// The group that will have something to do once the given one has nothing more, as far as can be told beforehand: the next in
    /// a wave's order that some trajectory needs already, or whose method asks it of what the given group is about to answer.
    /// Empty where it is none, or the given one again.
    package func group(after group: [Role], of groups: [[Role]]) -> [Role] {
        var needed: Set<Role> = []
        for trajectory in trajectories.values {
            let needs = Set(trajectory.needs.compactMap(\.role))
            needed.formUnion(needs.isDisjoint(with: group) ? needs : roles[trajectory.id.method] ?? [])
        }
        let index = groups.firstIndex(of: group) ?? 0
        return (groups[(index + 1)...] + groups[..<index]).first { !needed.isDisjoint(with: $0) } ?? []
    }

    package mutating func update(_ changed: some Sequence<Trajectory>) {
        for trajectory in changed { trajectories[trajectory.id] = trajectory }
    }

    /// Replays what the journal holds.
    ///
    /// - Parameter answered: called with every answer and the need that it met.
    /// - Returns: the number of events.
    /// - Throws: ``ForeignEvent`` where one does not belong to this job.
    package mutating func replay(
        _ records: [JournalRecord], answered: ((Event, Need, TrajectoryID) -> Void)? = nil
    ) throws -> Int {
        var count = 0
        for (index, record) in records.enumerated() {
            guard case .event(let id, let event, _) = record else { continue }
            guard let trajectory = trajectories[id] else {
                throw ForeignEvent(line: index + 1, reason: "no trajectory of this job is called \(id)")
            }
            do {
                try trajectories[id]?.apply(event)
                if let answered, let need = trajectory.needs.first(where: event.answers) {
                    answered(event, need, id)
                }
            } catch {
                throw ForeignEvent(line: index + 1, reason: "\(error)")
            }
            count += 1
        }
        return count
    }
}
