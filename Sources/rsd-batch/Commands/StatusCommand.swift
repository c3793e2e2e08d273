import ArgumentParser
import Foundation
import RSDJobs
import Reporting
import RunStore
import Terminal

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the progress of a run, also while it runs.",
        discussion:
            "For a run in shards, shows every shard, on whatever node it runs, and Slurm's reason for those that wait.")

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        if let status = try await shards() {
            if output.json { return try console.outJSON(status) }
            return try console.out(ShardsView(status).lines(width: console.outWidth), colour: output.colour)
        }
        let run = UntilExit.keep(try StoredRun(RunDirectory(URL(filePath: directory))))
        let status = RunStatus(run, directory: directory)
        if output.json {
            try console.outJSON(status)
        } else {
            try console.out(StatusView(status).lines(width: console.outWidth), colour: output.colour)
        }
    }

    /// nil for a run without shards, and for one whose shards are merged.
    private func shards() async throws -> ShardsStatus? {
        let run = ShardedRun(RunDirectory(URL(filePath: directory)))
        let submission = try Submission.read(in: run.parent)
        guard let count = submission?.shards ?? run.present.first?.count, try !run.isMerged() else { return nil }
        var queue: [SlurmTask]?
        let slurm = Slurm()
        if let submission, slurm.isHere {
            do {
                queue = try await slurm.queue(submission)
            } catch let refusal as SlurmRefusal {
                Console().message("rsd-batch: Slurm's queue is unknown: \(refusal)\n")
            }
        }
        return ShardsStatus(
            run, count: count, directory: directory, queue: queue, array: submission?.array, merge: submission?.merge)
    }
}
