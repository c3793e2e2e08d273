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
import Terminal

struct RunCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a job, or resume it; or several, one after the other.",
        discussion: """
            Several jobs run in the order given, each in its own run directory. All are checked before the first starts. One that \
            fails does not stop the others; a signal stops them all, and the same command resumes them. The exit code is the worst. \
            Engines stay up from one job to the next where both need the same ones.

            Progress goes to standard error: drawn in place on a terminal, timestamped lines elsewhere. The final table, or \
            summary.json with --json, goes to standard output.
            """)

    @OptionGroup var job: JobOptions

    @Argument(
        help: ArgumentHelp("More job specs, run after the first.", valueName: "more-jobs"),
        completion: .file(extensions: ["yaml", "yml"]))
    var others: [String] = []

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

    @Option(help: "Work on all GPUs of this machine, a shard on each, and merge the shards: `gpus`.")
    var shards: ShardPlace?

    @Flag(help: "Retry failed trajectories.")
    var retryFailed = false

    @Flag(help: "Print only errors and the final table.")
    var quiet = false

    @OptionGroup var notification: NotifyOption

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if !others.isEmpty, runDir != nil || shard != nil {
            throw ValidationError("\(runDir == nil ? "--shard" : "--run-dir") is for one job, not for several.")
        }
        guard shards == nil || shard == nil else {
            throw ValidationError("--shards runs all shards, and --shard one: give one of the two.")
        }
        guard let deadline, deadline.end <= Date() else { return }
        throw ValidationError("--deadline \(deadline.end.formatted(.iso8601)) is in the past.")
    }

    /// A job that was checked, and where it runs.
    struct Prepared {
        var job: LoadedJob
        var directory: String
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let listener = Listener()
        let signals = StopSignals(interruption) { listener.heard($0) }
        defer { withExtendedLifetime(signals) {} }
        try await notification.after(RunEnding(spec: others.isEmpty ? job.file : nil), interruption, console) {
            ending in
            guard others.isEmpty else { return try await runAll(console, interruption, listener, &ending) }
            let prepared = try await prepare(job, console, interruption)
            (ending.job, ending.directory, ending.shard) = (prepared.job.spec.name, prepared.directory, shard)
            let keeper = EngineKeeper()
            let result = await Result { try await run(prepared, console, interruption, listener, keeper) }
            let ended = await Result { try await keeper.end() }
            let outcome = try result.get()
            try ended.get()
            ending.outcomes = [outcome]
            try report(outcome, of: prepared, console)
        }
    }

    private func prepare(
        _ job: JobOptions, _ console: Console, _ interruption: Interruption
    ) async throws -> Prepared {
        let fetching = FetchDisplay(console: console, colour: output.colour, quiet: quiet)
        let path = { @Sendable [runDir, shard, job] (name: String) in
            let parent = runDir ?? job.runDirectory(of: name)
            return shard.map { "\(parent)/\($0.directoryName)" } ?? parent
        }
        let whole = try await fetching.load(job, interruption, pinning: pinning.pin, fetchingModels: fetch) {
            RunDirectory(URL(filePath: path($0))).pins
        }
        let loaded = try shard.map(whole.part) ?? whole
        if !quiet { console.showWarnings(of: loaded) }
        return Prepared(job: loaded, directory: path(loaded.spec.name))
    }

    private func run(
        _ prepared: Prepared, _ console: Console, _ interruption: Interruption, _ listener: Listener,
        _ keeper: EngineKeeper
    ) async throws -> RunOutcome {
        if shards != nil { return try await runFleet(prepared, console, interruption, listener, keeper) }
        let display = ProgressDisplay(
            job: prepared.job.spec.name, console: console, colour: output.colour, quiet: quiet)
        listener.tell { display.say($0, $1, of: $2) }
        let kept = try await keeper.engines(on: [nil])
        return try await display.during {
            try await Job.run(
                prepared.job, in: RunDirectory(URL(filePath: prepared.directory)), kept: kept[0],
                deadline: deadline ?? .slurm(console.environment), waits: wait,
                retryFailed: retryFailed, reuse: reuse.map { URL(filePath: $0) },
                interruption: interruption,
                logger: Logger(label: "rsd-batch") { _ in ProgressLogHandler { listener.say($0, $1) } },
                observe: { display.take($0) })
        }
    }

    private func report(_ outcome: RunOutcome, of prepared: Prepared, _ console: Console) throws {
        // Of several, one document says all.
        if !output.json || others.isEmpty {
            try console.report(outcome, in: prepared.directory, example: prepared.job.firstTrajectory, output)
        }
        if outcome.failed > 0 {
            let count = NumberFormat.counted(outcome.failed, "trajectory", "trajectories")
            console.message("rsd-batch: \(count) failed; run the same command with --retry-failed to retry\n")
        }
        try console.endRun(outcome, in: prepared.directory)
    }

    // MARK: Several jobs

    private func runAll(
        _ console: Console, _ interruption: Interruption, _ listener: Listener, _ ending: inout RunEnding
    ) async throws {
        let jobs = try await prepareAll(console, interruption)
        ending.job = jobs.map(\.job.spec.name).joined(separator: ", ")
        var queue = try JobQueue(jobs.map { ($0.job.spec.name, $0.directory) })
        let keeper = EngineKeeper()
        for (place, job) in jobs.enumerated() where interruption.level == .none {
            await keeper.expect(jobs[(place + 1)...].map(\.job))
            if !quiet {
                console.message(
                    "rsd-batch: job \(place + 1) of \(jobs.count): \(job.job.spec.name), in \(job.directory)\n")
            }
            var (outcome, exit): (RunOutcome?, ExitCategory) = (nil, .done)
            do {
                outcome = try await run(job, console, interruption, listener, keeper)
                if let outcome {
                    ending.outcomes.append(outcome)
                    try report(outcome, of: job, console)
                }
            } catch {
                exit = Failure.report(error, console: console)
            }
            queue.end(place, exit, outcome?.summary)
        }
        var worst = queue.exit
        do { try await keeper.end() } catch { worst = [worst, Failure.report(error, console: console)].worst }
        if output.json {
            try console.outJSON(queue.entries)
        } else {
            try console.out([Line()] + queue.lines, colour: output.colour)
        }
        if worst != .done { throw ExitRequest(category: worst) }
    }

    /// - Throws: `ExitRequest` if any of them has an error; all have been reported then.
    private func prepareAll(_ console: Console, _ interruption: Interruption) async throws -> [Prepared] {
        var prepared: [Prepared] = []
        var worst: ExitCategory?
        for file in [job.file] + others {
            var options = job
            options.file = file
            do {
                prepared.append(try await prepare(options, console, interruption))
            } catch let interrupted as Interrupted {
                throw interrupted
            } catch {
                let exit = Failure.report(error, console: console)
                worst = worst ?? exit
            }
        }
        guard let worst else { return prepared }
        console.message("rsd-batch: no job was started, since not all of them can run\n")
        throw ExitRequest(category: worst)
    }
}

extension Shard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Deadline: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument, now: Date()) }
}

/// Passes messages on to the display of the job that runs, once there is one.
final class Listener: Sendable {
    private let display = Mutex<(@Sendable (String, Style, Shard?) -> Void)?>(nil)

    /// - Parameter say: shows a line on the display, as one of a shard or of the whole job.
    func tell(_ say: @escaping @Sendable (String, Style, Shard?) -> Void) {
        display.withLock { $0 = say }
    }

    func say(_ text: String, _ style: Style, of shard: Shard? = nil) {
        display.withLock { $0 }?(text, style, shard)
    }

    func heard(_ level: Interruption.Level) {
        let message =
            level == .immediate
            ? "stopping now: run the same command again to resume"
            : "stopping: waiting for responses in flight (send a second signal to stop now); "
                + "run the same command again to resume"
        say(message, .yellow)
    }
}

extension LoadedJob {
    var firstTrajectory: TrajectoryID? {
        for method in spec.methods {
            for dataset in spec.datasets {
                guard let problem = problems[dataset.name]?.first else { continue }
                return TrajectoryID(method: method.name, dataset: dataset.name, problem: problem.id)
            }
        }
        return nil
    }
}
