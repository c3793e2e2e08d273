import ArgumentParser
import Support

struct DemoCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Run the demo: three small models on the CPU, 200 problems, half a minute.",
        discussion: "The same as `run` with jobs/demo.yaml, whose models and problems are installed with the program.")

    @Option(help: "The run directory.", completion: .directory)
    var runDir = "runs/demo"

    @Flag(help: "Print only errors and the final table.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard let job = Program.file("jobs/demo.yaml") else { throw DemoMissing() }
        var run = try RunCommand.parse([job, "--run-dir", runDir])
        (run.quiet, run.output) = (quiet, output)
        try await run.run()
    }
}

/// The program was copied without the files that are installed with it.
struct DemoMissing: ProgramError {
    var explanation: Explanation {
        Explanation(
            "demo-missing", .badJob, "the demo's files are not beside this program (\(Program.path ?? "rsd-batch"))",
            remedy: "Install the release tarball or the wheel as a whole, or run jobs/demo.yaml of the repository.")
    }
}
