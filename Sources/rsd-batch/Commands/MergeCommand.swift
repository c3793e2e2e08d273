import ArgumentParser
import Foundation
import RSDJobs
import RunStore
import Support

struct MergeCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Put the shards of a run together: the results of the undivided job.",
        discussion: """
            The directory above the shards becomes a run directory like any other, for show, status, grade and report. The \
            answers are graded by the job's grader; nothing is generated and no engine starts. Shards that are missing, not \
            finished, being worked on, or of another job are named, and nothing is written.
            """)

    @Argument(help: ArgumentHelp("The directory above the shards.", valueName: "run"), completion: .directory)
    var directory: String

    @Flag(help: "Take what there is, and have the report say what is missing.")
    var partial = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(interruption) { _ in console.message("rsd-batch: stopping\n") }
        defer { withExtendedLifetime(signals) {} }
        let (outcome, missing) = try await Job.merge(
            RunDirectory(URL(filePath: directory)), partial: partial, interruption: interruption,
            waiting: {
                console.message("rsd-batch: looking for up to \(Int($0)) s whether anybody works on the shards\n")
            }
        ) { console.grading($0, finished: $1, of: $2) }
        try console.report(outcome, in: directory, example: nil, output)
        for fault in missing { console.message("rsd-batch: missing: \(fault)\n") }
        try console.endRun(outcome, in: directory)
    }
}
