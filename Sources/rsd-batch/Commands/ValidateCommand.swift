import ArgumentParser
import Foundation
import JobSpecs
import RSDJobs
import Support
import Terminal

struct ValidateCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate", abstract: "Check a job and every file it names; starts nothing.",
        discussion: """
            Downloads remote data sets. With `residency: auto`, also reports the choice for this machine.
            """)

    @OptionGroup var job: JobOptions

    @OptionGroup var pinning: PinOption

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(duringDownloads: interruption)
        defer { withExtendedLifetime(signals) {} }
        let loaded: LoadedJob
        do {
            let fetching = FetchDisplay(console: console, colour: output.colour, quiet: false)
            loaded = try await fetching.load(job, interruption, pinning: pinning.pin)
        } catch let error as SpecErrors {
            if output.json { try console.outJSON(Verdict(error)) }
            throw error
        }
        console.showWarnings(of: loaded)
        let overview = JobOverview(
            loaded, file: job.file, residency: await residency(of: loaded), grader: await grader(of: loaded),
            findings: await Job.findings(of: loaded, in: job.runDirectory(of: loaded.spec.name)))
        if output.json {
            try console.outJSON(Verdict(overview, warnings: loaded.warnings))
        } else {
            try console.out(overview.lines(width: console.outWidth), colour: output.colour)
        }
    }

    /// The grader that the job would use on this machine.
    private func grader(of job: LoadedJob) async -> String {
        do {
            return try await "graded with \(Job.grader(of: job))"
        } catch {
            return "the grader cannot be used on this machine: \(error)"
        }
    }

    /// A job may be checked on a machine that cannot run it, so a failure here is a note, not an error.
    private func residency(of job: LoadedJob) async -> String? {
        do {
            return try await Job.residency(of: job).map { "residency \($0)" }
        } catch {
            return "cannot run on this machine: \(error)"
        }
    }
}

/// The output of `validate --json`.
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
