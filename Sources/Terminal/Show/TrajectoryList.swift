import Decoding
import Graders
import Reporting
import Support

/// Trajectories of a run to look at, each with its state.
package struct TrajectoryList: Sendable, Equatable, Encodable {
    package var total: Int
    package var finished: Int
    package var trajectories: [Entry]

    package struct Entry: Sendable, Equatable, Encodable {
        package var id: String
        /// A shorter name that `show` finds.
        package var name: String
        package var reason: Reason
        /// nil while unfinished.
        @Nulled package var finish: Finish?
        @Nulled package var verdict: Grade.Verdict?
        /// The phase that it waits for; nil once finished.
        @Nulled package var waitsFor: String?
        package var steps: Int
        /// Steps that the target wrote in place of rejected ones.
        package var rewritten: Int

        fileprivate init(_ trajectory: Trajectory, name: String, reason: Reason, verdict: Grade.Verdict?) {
            let response = trajectory.response
            id = trajectory.id.description
            self.name = name
            self.reason = reason
            finish = response.finish
            self.verdict = verdict
            waitsFor = trajectory.needs.first?.role.phase
            steps = response.steps.count
            rewritten = trajectory.rewritten
        }

        private enum CodingKeys: String, CodingKey {
            case id, name, reason, finish, verdict, steps, rewritten
            case waitsFor = "waits_for"
        }
    }

    /// Why a trajectory is listed.
    package enum Reason: String, Sendable, CaseIterable, Encodable {
        case first, wrong, rewritten
    }

    /// How many are listed for a reason, the first of each method aside.
    private static let most = 5

    /// The first trajectory of each method, the first wrong ones, and the first with rewritten steps, each once.
    package init(_ trajectories: some Collection<Trajectory>, results: [ResultLine]) {
        let verdicts = Dictionary(results.map { ($0.id, $0.verdict) }) { first, _ in first }
        let names = TrajectoryNames(trajectories.map(\.id))
        var methods: Set<String> = []
        var listed: Set<TrajectoryID> = []
        func entries(_ reason: Reason, most: Int = Self.most, where fits: (Trajectory) -> Bool) -> [Entry] {
            var counts: [String: Int] = [:]
            var found: [(trajectory: Trajectory, place: Int)] = []
            for trajectory in trajectories where !listed.contains(trajectory.id) && fits(trajectory) {
                counts[trajectory.id.method, default: 0] += 1
                found.append((trajectory, counts[trajectory.id.method] ?? 0))
            }
            // Methods take turns.
            let places = Array(found.indices.sorted { (found[$0].place, $0) < (found[$1].place, $1) }.prefix(most))
            return places.sorted().map { place in
                let trajectory = found[place].trajectory
                listed.insert(trajectory.id)
                return Entry(
                    trajectory, name: names.shortest(trajectory.id), reason: reason,
                    verdict: verdicts[trajectory.id.description])
            }
        }
        total = trajectories.count
        finished = trajectories.count { $0.response.finish != nil }
        self.trajectories =
            entries(.first, most: .max) { methods.insert($0.id.method).inserted }
            + entries(.wrong) { verdicts[$0.id.description].map { $0 != .right } ?? false }
            + entries(.rewritten) { $0.rewritten > 0 }
    }
}

extension Trajectory {
    fileprivate var rewritten: Int { response.steps.count { $0.rejected != nil } }
}
