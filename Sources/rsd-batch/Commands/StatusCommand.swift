import ArgumentParser
import Foundation
import RSDJobs
import Terminal

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how a run stands, also while a process works on it.")

    @Argument(help: ArgumentHelp("The run's directory.", valueName: "run"), completion: .directory)
    var directory: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let status = RunStatus(try RunArchive(RunDirectory(URL(filePath: directory))), directory: directory)
        if output.json {
            try console.outJSON(status)
        } else {
            try console.out(StatusView(status).lines(width: console.outWidth), colour: output.colour)
        }
    }
}
