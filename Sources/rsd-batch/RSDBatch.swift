import ArgumentParser
import Foundation
import Support

/// A command that handles signals itself, through ``StopSignals``.
protocol StoppableCommand {}

/// The entry point: runs on the first thread, before there is another.
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

            SIGTERM, SIGINT, SIGHUP, SIGUSR1 and SIGUSR2 stop a run; run the same command again to resume it. A second signal \
            does not wait for responses in flight. Shell completions: rsd-batch --generate-completion-script bash|zsh|fish
            """,
        version: Program.version,
        subcommands: [
            DemoCommand.self, DoctorCommand.self, InitCommand.self, FetchCommand.self,
            RunCommand.self, ValidateCommand.self, PlanCommand.self, StatusCommand.self, WatchCommand.self,
            ServeCommand.self,
            ShowCommand.self, GradeCommand.self, ReportCommand.self, CompareCommand.self, CalibrateCommand.self,
            RunsCommand.self,
            MergeCommand.self, SubmitCommand.self, CancelCommand.self,
        ])

    static func main() async {
        let console = Console()
        console.surviveBrokenPipes()
        TemporaryFolder.makeUsable(console)
        do {
            if let unknown = UnknownCommand(in: Array(CommandLine.arguments.dropFirst())) { throw unknown }
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
