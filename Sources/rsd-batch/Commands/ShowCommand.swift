import ArgumentParser
import Decoding
import Foundation
import Reporting
import RunStore
import Support
import Terminal

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a trajectory: each step with its origin and reward.")

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Argument(help: "METHOD/DATASET/PROBLEM; add /SAMPLE for samples other than 0.")
    var trajectory: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let run = try StoredRun(RunDirectory(URL(filePath: directory)))
        let trajectories = run.trajectories
        guard let found = trajectories.named(trajectory) else {
            throw NoTrajectory(
                name: trajectory, run: directory,
                nearest: NearestNames.find(trajectory, among: trajectories.map(\.id.description)))
        }
        let report = TrajectoryReport(
            found, problem: run.problem(of: found.id), result: try run.result(of: found.id))
        if output.json {
            try console.outJSON(report)
        } else {
            try console.out(TrajectoryView(report).lines(width: console.outWidth), colour: output.colour)
        }
    }
}

extension TrajectorySet {
    /// The trajectory with this name; without a sample number, sample 0.
    fileprivate func named(_ name: String) -> Trajectory? {
        first { $0.id.description == name } ?? first { $0.id.description == "\(name)/0" }
    }
}

/// No trajectory of the run has this name.
struct NoTrajectory: ProgramError {
    var name: String
    var run: String
    var nearest: [String]

    var explanation: Explanation {
        let names = nearest.map { "\n  \($0)" }.joined()
        return Explanation(
            "no-trajectory", .badJob,
            "\(run) has no trajectory called \(name)" + (names.isEmpty ? "" : "; similar names:\(names)"), remedy: nil
        )
    }
}
