import ArgumentParser
import Foundation
import Reporting
import RunStore
import Terminal

struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a trajectory: each step with its origin and reward.",
        discussion: """
            METHOD/PROBLEM is enough where it names one trajectory; the whole name is METHOD/DATASET/PROBLEM/SAMPLE. Without a \
            trajectory, lists some: the first of each method, those that are not right, and those with rewritten steps.

              rsd-batch show runs/my-run
              rsd-batch show runs/my-run rsd/demo-003
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Argument(help: "METHOD/PROBLEM, METHOD/DATASET/PROBLEM or METHOD/DATASET/PROBLEM/SAMPLE.")
    var trajectory: String?

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let run = UntilExit.keep(try StoredRun(RunDirectory(URL(filePath: directory))))
        guard let trajectory else {
            let list = TrajectoryList(run.trajectories, results: UntilExit.keep(try run.results()))
            if output.json { return try console.outJSON(list) }
            let lines = TrajectoryListView(list, run: directory).lines(width: console.outWidth)
            return try console.out(lines, colour: output.colour)
        }
        let id = try TrajectoryNames(run.trajectories.map(\.id)).find(trajectory, in: directory)
        guard let found = run.trajectories[id] else { return }
        let report = TrajectoryReport(found, problem: run.problem(of: id), result: try run.result(of: id))
        if output.json {
            try console.outJSON(report)
        } else {
            try console.out(TrajectoryView(report).lines(width: console.outWidth), colour: output.colour)
        }
    }
}
