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
        commandName: "run", abstract: "Run a job, or resume it.",
        discussion: """
            Progress goes to standard error: drawn in place on a terminal, timestamped lines elsewhere. The final table, or \
            summary.json with --json, goes to standard output.
            """)

    @OptionGroup var job: JobOptions

    @OptionGroup var pinning: PinOption

    @Option(help: "The run directory. (default: runs/<job name>)", completion: .directory)
    var runDir: String?

    @Option(
        help: ArgumentHelp(
            "Run only this shard of the problems, in its own directory below --run-dir.", valueName: "I/N"))
    var shard: Shard?

    @Option(
        help: ArgumentHelp(
            "When the run must be over: a time such as 2026-05-01T18:00:00Z, or a duration such as 90m. No load or phase begins "
                + "that cannot end usefully before it. (default: the end of the Slurm job, if SLURM_JOB_END_TIME is set)",
            valueName: "time"))
    var deadline: Deadline?

    @Flag(help: "If another process works on the run, wait for it instead of failing.")
    var wait = false

    @Flag(help: "First download models that are missing, as `rsd-batch fetch` does.")
    var fetch = false

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Take responses to equal requests from other runs: run directories, or folders of them.", valueName: "run"),
        completion: .directory)
    var reuse: [String] = []

    @Flag(help: "Retry failed trajectories.")
    var retryFailed = false

    @Flag(help: "Print only errors and the final table.")
    var quiet = false

    @OptionGroup var notification: NotifyOption

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let deadline, deadline.end <= Date() else { return }
        throw ValidationError("--deadline \(deadline.end.formatted(.iso8601)) is in the past.")
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let listener = Listener()
        let signals = StopSignals(interruption) { listener.heard($0) }
        defer { withExtendedLifetime(signals) {} }
        try await notification.after(RunEnding(spec: job.file), interruption, console) { ending in
            try await run(console, interruption, listener, &ending)
        }
    }

    private func run(
        _ console: Console, _ interruption: Interruption, _ listener: Listener, _ ending: inout RunEnding
    ) async throws {
        let fetching = FetchDisplay(console: console, colour: output.colour, quiet: quiet)
        let path = { @Sendable [runDir, shard, job] (name: String) in
            let parent = runDir ?? job.runDirectory(of: name)
            return shard.map { "\(parent)/\($0.directoryName)" } ?? parent
        }
        let whole = try await fetching.load(job, interruption, pinning: pinning.pin, fetchingModels: fetch) {
            RunDirectory(URL(filePath: path($0))).pins
        }
        let loaded = try shard.map(whole.part) ?? whole
        let directory = path(loaded.spec.name)
        (ending.job, ending.directory, ending.shard) = (loaded.spec.name, directory, shard)
        let display = ProgressDisplay(
            job: loaded.spec.name, console: console, colour: output.colour, quiet: quiet)
        if !quiet { console.showWarnings(of: loaded) }
        listener.tell(display)
        let outcome = try await display.during {
            try await Job.run(
                loaded, in: RunDirectory(URL(filePath: directory)),
                deadline: deadline ?? .slurm(console.environment), waits: wait,
                retryFailed: retryFailed, reuse: reuse.map { URL(filePath: $0) },
                interruption: interruption,
                logger: Logger(label: "rsd-batch") { _ in ProgressLogHandler(display: display) },
                observe: { display.take($0) })
        }
        ending.outcome = outcome
        try console.report(outcome, in: directory, example: loaded.firstTrajectory, output)
        if outcome.failed > 0 {
            let count = NumberFormat.counted(outcome.failed, "trajectory", "trajectories")
            console.message("rsd-batch: \(count) failed; run the same command with --retry-failed to retry\n")
        }
        try console.endRun(outcome, in: directory)
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Deadline: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument, now: Date()) }
}

/// Reports signals on the display, once there is one.
private final class Listener: Sendable {
    private let display = Mutex<ProgressDisplay?>(nil)

    func tell(_ display: ProgressDisplay) {
        self.display.withLock { $0 = display }
    }

    func heard(_ level: Interruption.Level) {
        let message =
            level == .immediate
            ? "stopping now: run the same command again to resume"
            : "stopping: waiting for responses in flight (send a second signal to stop now); "
                + "run the same command again to resume"
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
