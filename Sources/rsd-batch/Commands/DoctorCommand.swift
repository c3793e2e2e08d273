import ArgumentParser
import ModelLifecycle
import RSDJobs
import Terminal

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Check whether jobs can run on this machine, and say what to do if not.",
        discussion: """
            Looks at vLLM, GPUs, memory, disks and caches; starts no engine. Exit code 0 if jobs with vLLM can run here, otherwise 4.
            """)

    @Option(help: "vLLM's virtual environment, or its Python. (default: as for jobs)", completion: .directory)
    var venv: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let view = FindingsView(await Doctor.examine(venv: venv))
        if output.json {
            try console.outJSON(Report(canRun: view.canRun, findings: view.findings))
        } else {
            try console.out(view.lines(width: console.outWidth), colour: output.colour)
        }
        if !view.canRun { throw ExitRequest(category: .engine) }
    }

    private struct Report: Encodable {
        var canRun: Bool
        var findings: [MachineFinding]

        private enum CodingKeys: String, CodingKey {
            case canRun = "can_run"
            case findings
        }
    }
}
