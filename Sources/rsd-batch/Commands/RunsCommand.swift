import ArgumentParser
import Support
import Terminal

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "List the runs below a folder, the oldest first.",
        discussion: """
            Shows the state, progress, best accuracy, time and date of each run, up to three folders deep; a run in shards is \
            one line. A damaged run is listed with its fault. Starts and changes nothing.
            """)

    @Argument(help: ArgumentHelp("The folder.", valueName: "folder"), completion: .directory)
    var folder = "runs"

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let runs = try ListedRun.all(below: folder)
        if output.json { return try console.outJSON(runs) }
        guard !runs.isEmpty else { return console.message("rsd-batch: there are no runs below \(folder)\n") }
        try console.out(RunsView(runs).lines(width: console.outWidth), colour: output.colour)
    }
}
