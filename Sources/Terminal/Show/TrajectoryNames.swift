import Decoding
import Support

/// The names by which `show` finds a trajectory: its id, also without the sample, the data set or the method where one trajectory
/// alone has the rest.
package struct TrajectoryNames: Sendable {
    private let ids: [TrajectoryID]
    private let counts: [String: Int]

    package init(_ ids: [TrajectoryID]) {
        self.ids = ids
        counts = Dictionary(ids.flatMap { Set($0.names) }.map { ($0, 1) }, uniquingKeysWith: +)
    }

    /// - Parameter run: the run directory as the user typed it, for the error.
    /// - Throws: ``NoTrajectory``.
    package func find(_ name: String, in run: String) throws(NoTrajectory) -> TrajectoryID {
        for fullness in 0..<TrajectoryID.fullnesses {
            let found = ids.filter { $0.names(fullness).contains(name) }
            if found.count == 1 { return found[0] }
            if !found.isEmpty { throw NoTrajectory(name: name, run: run, found: found.map(\.description)) }
        }
        let nearest = NearestNames.find(name, among: ids) { $0.names }
        throw NoTrajectory(name: name, run: run, nearest: nearest.map(\.description))
    }

    /// The shortest name with the method that finds the trajectory.
    package func shortest(_ id: TrajectoryID) -> String {
        let names = [
            "\(id.method)/\(id.problem)", "\(id.method)/\(id.problem)/\(id.sample)",
            "\(id.method)/\(id.dataset)/\(id.problem)",
        ]
        return names.first { counts[$0] == 1 } ?? id.description
    }
}

extension TrajectoryID {
    fileprivate static let fullnesses = 4

    /// Fuller names come before shorter ones, since names of problems may contain slashes.
    fileprivate func names(_ fullness: Int) -> [String] {
        switch fullness {
        case 0: [description]
        case 1: ["\(method)/\(dataset)/\(problem)"]
        case 2: ["\(method)/\(problem)", "\(method)/\(problem)/\(sample)"]
        default: [problem, "\(dataset)/\(problem)", "\(dataset)/\(problem)/\(sample)", "\(problem)/\(sample)"]
        }
    }

    fileprivate var names: [String] { (0..<Self.fullnesses).flatMap(names) }
}

/// No trajectory of the run has this name, or several have.
package struct NoTrajectory: ProgramError, Equatable {
    package var name: String
    package var run: String
    /// Those with the name.
    package var found: [String] = []
    package var nearest: [String] = []

    private static let most = 10

    package var explanation: Explanation {
        let count = found.count
        let rest = count > Self.most ? ["and \(NumberFormat.grouped(count - Self.most)) more"] : []
        let names = (found.prefix(Self.most) + rest + nearest).map { "\n  \($0)" }.joined()
        let summary =
            count > 0
            ? "\(NumberFormat.counted(count, "trajectory", "trajectories")) of \(run) fit \(name); give one of:"
            : "\(run) has no trajectory called \(name)" + (nearest.isEmpty ? "" : "; similar names:")
        return Explanation(
            "no-trajectory", .badJob, summary + names,
            remedy: "`rsd-batch show \(run.shellWord)` lists some.")
    }
}
