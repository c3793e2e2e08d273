import Decoding
import JobSpecs
import RunStore

/// A run without engines: the same trajectories, methods, groups and sharing of answers as ``JobRun`` and ``Phase`` have, with
/// a ``StandIn`` for the models. Nothing is written.
struct Rehearsal: Sendable {
    let job: LoadedJob
    let residency: ResidencyKind
    let groups: [[Role]]
    let standIn: StandIn

    /// - Throws: `CancellationError`; ``UnexpectedEvent`` where a method takes no answer of the stand-in's.
    func run() throws -> RunCounts {
        var counts = RunCounts()
        var roster = Roster(job)
        let book = AnswerBook(job.spec)
        var engines = RehearsedEngines(residency: residency)
        while roster.finishedCount < roster.ids.count {
            for group in groups {
                try Task.checkCancellation()
                let before = counts.asked
                var longest: [Role: Int] = [:]
                let worked = try roster.needing(group).map { trajectory in
                    var trajectory = trajectory
                    try meet(&trajectory, group, book, &counts, &longest)
                    return trajectory
                }
                roster.update(worked)
                guard counts.asked > before else { continue }
                for (role, tokens) in longest { counts.work[role, default: .init()].serial += tokens }
                engines.enter(group, &counts)
            }
        }
        counts.waves = roster.waves
        return counts
    }

    /// Meets all needs of a trajectory that these models can meet.
    private func meet(
        _ trajectory: inout Trajectory, _ group: [Role], _ book: AnswerBook, _ counts: inout RunCounts,
        _ longest: inout [Role: Int]
    ) throws {
        while let need = trajectory.needs.first(where: { $0.role.map(group.contains) ?? false }) {
            let question = Question(need, of: trajectory.id, in: job.spec)
            let event: Event
            if let known = book.answer(to: question) {
                event = known
                counts.shared += 1
            } else {
                event = standIn.answer(question)
                counts.add(event)
                if case .generated(let answer) = event {
                    longest[answer.role] = max(longest[answer.role] ?? 0, answer.tokens)
                }
                book.note(event, answering: question.key)
            }
            try trajectory.apply(event)
        }
    }
}

/// Which engines would be up; see `SwapResidency`.
private struct RehearsedEngines {
    let residency: ResidencyKind
    private var up: Set<Role> = []
    private var asleep: Set<Role> = []

    init(residency: ResidencyKind) { self.residency = residency }

    mutating func enter(_ group: [Role], _ counts: inout RunCounts) {
        if residency == .attach { return }
        let leaving = up.subtracting(group)
        counts.swaps += leaving.count
        up.subtract(leaving)
        if residency == .sleep { asleep.formUnion(leaving) }
        for role in group where !up.contains(role) {
            if asleep.remove(role) != nil {
                counts.wakes[role, default: 0] += 1
            } else {
                counts.starts[role, default: 0] += 1
            }
            up.insert(role)
        }
    }
}
