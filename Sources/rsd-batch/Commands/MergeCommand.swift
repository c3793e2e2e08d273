import ArgumentParser
import Foundation
import RSDJobs
import RunStore
import Support

struct MergeCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Merge the shards of a run into the results of the undivided job.",
        discussion: """
            The directory above the shards becomes an ordinary run directory for show, status, grade and report. Grades the \
            answers with the job's grader; generates nothing and starts no engine. If shards are missing, unfinished, in use, or \
            of another job, lists them and writes nothing.
            """)

    @Argument(help: ArgumentHelp("The directory above the shards.", valueName: "run"), completion: .directory)
    var directory: String

    @Flag(help: "Merge even if shards are missing or unfinished; the report lists what is missing.")
    var partial = false

    @OptionGroup var notification: NotifyOption

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(interruption) { _ in console.message("rsd-batch: stopping\n") }
        defer { withExtendedLifetime(signals) {} }
        try await notification.after(RunEnding(directory: directory), interruption, console) { ending in
            try await merge(console, interruption, &ending)
        }
    }

    private func merge(_ console: Console, _ interruption: Interruption, _ ending: inout RunEnding) async throws {
        let (outcome, missing) = try await Job.merge(
            RunDirectory(URL(filePath: directory)), partial: partial, interruption: interruption,
            waiting: {
                console.message("rsd-batch: checking for up to \(Int($0)) s whether the shards are in use\n")
            }
        ) { console.grading($0, finished: $1, of: $2) }
        (ending.job, ending.outcomes) = (outcome.summary.job, [outcome])
        try console.report(outcome, in: directory, example: nil, output)
        for fault in missing { console.message("rsd-batch: missing: \(fault)\n") }
        try console.endRun(outcome, in: directory)
    }
}
