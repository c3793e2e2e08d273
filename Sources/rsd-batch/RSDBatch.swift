import ArgumentParser
import Foundation
import Support

/// A command that makes something of signals, by ``StopSignals``.
protocol StoppableCommand {}

/// The beginning: on the first thread, and before there is another.
@main
enum Entry {
    static func main() {
        Descriptors.prepare()
        do {
            try Descriptors.check()
        } catch {
            Failure.exit(error, console: Console())
        }
        StopSignals.listen()
        Task {
            await RSDBatch.main()
            exit(ExitCategory.done.rawValue)
        }
        dispatchMain()
    }
}

struct RSDBatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rsd-batch",
        abstract: "Reward-guided speculative decoding over whole data sets, on one GPU.",
        discussion: """
            Exit codes:
            \(ExitCategory.help)

            SIGTERM, SIGINT, SIGHUP, SIGUSR1 and SIGUSR2 stop a run so that the same command goes on from there; a second one does \
            not wait for answers in flight. Completions for a shell: rsd-batch --generate-completion-script bash|zsh|fish
            """,
        version: Program.version,
        subcommands: [
            RunCommand.self, ValidateCommand.self, PlanCommand.self, StatusCommand.self, ShowCommand.self,
            GradeCommand.self, ReportCommand.self, MergeCommand.self, SubmitCommand.self, CancelCommand.self,
        ])

    static func main() async {
        let console = Console()
        console.surviveBrokenPipes()
        TemporaryFolder.makeUsable(console)
        do {
            var command = try parseAsRoot()
            if !(type(of: command) is any StoppableCommand.Type) { StopSignals.letGo() }
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            Failure.exit(error, console: console)
        }
    }
}
