import ArgumentParser
import Foundation
import RSDJobs
import Terminal

struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a job and all that it names, and start nothing.")

    @Argument(help: "The job's spec.", completion: .file(extensions: ["yaml", "yml"]))
    var job: String

    @OptionGroup var output: OutputOptions

    func run() throws {
        let console = Console()
        let loaded: LoadedJob
        do {
            loaded = try JobLoader.load(URL(filePath: job))
        } catch {
            if output.json { try console.outJSON(Verdict(error)) }
            throw error
        }
        for warning in loaded.warnings { console.message("\(warning.rendered)\n") }
        let overview = JobOverview(loaded, file: job)
        if output.json {
            try console.outJSON(Verdict(overview, warnings: loaded.warnings))
        } else {
            try console.out(overview.lines(width: console.outWidth), colour: output.colour)
        }
    }
}

/// What `validate --json` prints.
private struct Verdict: Encodable {
    struct Message: Encodable {
        var severity: String
        var file: String
        var line: Int?
        var column: Int?
        var message: String

        init(_ diagnostic: Diagnostic) {
            severity = diagnostic.severity.rawValue
            file = diagnostic.file
            line = diagnostic.line
            column = diagnostic.column
            message = diagnostic.message
        }
    }

    var valid: Bool
    var job: JobOverview?
    var diagnostics: [Message]

    init(_ errors: SpecErrors) {
        valid = false
        diagnostics = errors.diagnostics.map(Message.init)
    }

    init(_ overview: JobOverview, warnings: [Diagnostic]) {
        valid = true
        job = overview
        diagnostics = warnings.map(Message.init)
    }
}
