import ArgumentParser
import Decoding
import Foundation
import JobSpecs
import Logging
import RSDJobs
import RunStore
import Runner
import Support
import Synchronization

struct RunCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a job, or go on where an earlier process left it.",
        discussion: """
            Progress goes to standard error: drawn in place on a terminal, dated lines elsewhere. The final table goes to \
            standard output, or the content of summary.json with --json.
            """)

    @Argument(help: "The job's spec.", completion: .file(extensions: ["yaml", "yml"]))
    var job: String

    @Option(help: "Where the run lies; runs/<the job's name> when left out.", completion: .directory)
    var runDir: String?

    @Option(
        help: ArgumentHelp(
            "Work on one part of the job's problems, in a directory of its own below --run-dir.", valueName: "I/N"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "When it has to be over: a time such as 2026-05-01T18:00:00Z, or a duration such as 90m; the end of the Slurm job "
                + "where SLURM_JOB_END_TIME tells it. No load and no phase begins that could not end usefully.",
            valueName: "time"))
    var deadline: Deadline?

    @Flag(help: "Wait where another process works on the run, instead of refusing.")
    var wait = false

    @Flag(help: "Give trajectories that failed another try.")
    var retryFailed = false

    @Flag(help: "Nothing but errors and the final table.")
    var quiet = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let listener = Listener()
        let signals = StopSignals(interruption) { listener.heard($0) }
        defer { withExtendedLifetime(signals) {} }

        let fetching = FetchDisplay(console: console, colour: output.colour, quiet: quiet)
        let whole = try await fetching.load(job, interruption)
        let loaded = try shard.map(whole.part) ?? whole
        let parent = runDir ?? "runs/\(loaded.spec.name)"
        let path = shard.map { "\(parent)/\($0.directoryName)" } ?? parent
        let display = ProgressDisplay(
            job: loaded.spec.name, console: console, colour: output.colour, quiet: quiet)
        if !quiet { console.showWarnings(of: loaded) }
        listener.tell(display)
        let outcome = try await display.during {
            try await Job.run(
                loaded, in: RunDirectory(URL(filePath: path)),
                deadline: deadline ?? .slurm(console.environment), waits: wait,
                retryFailed: retryFailed,
                interruption: interruption,
                logger: Logger(label: "rsd-batch") { _ in ProgressLogHandler(display: display) },
                observe: { display.take($0) })
        }
        try console.report(outcome, in: path, example: loaded.firstTrajectory, output)
        if outcome.failed > 0 {
            let count = NumberFormat.counted(outcome.failed, "trajectory", "trajectories")
            console.message("rsd-batch: \(count) failed; the same command with --retry-failed tries again\n")
        }
        try console.endRun(outcome, in: path)
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Deadline: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument, now: Date()) }
}

/// Tells people of a signal, once there is a display to tell them on.
private final class Listener: Sendable {
    private let display = Mutex<ProgressDisplay?>(nil)

    func tell(_ display: ProgressDisplay) {
        self.display.withLock { $0 = display }
    }

    func heard(_ level: Interruption.Level) {
        let message =
            level == .immediate
            ? "stopping now: the same command goes on from here"
            : "stopping: answers in flight may still arrive (a second signal does not wait); "
                + "the same command goes on from here"
        display.withLock { $0 }?.say(message, .yellow)
    }
}

extension LoadedJob {
    fileprivate var firstTrajectory: TrajectoryID? {
        for method in spec.methods {
            for dataset in spec.datasets {
                guard let problem = problems[dataset.name]?.first else { continue }
                return TrajectoryID(method: method.name, dataset: dataset.name, problem: problem.id)
            }
        }
        return nil
    }
}
