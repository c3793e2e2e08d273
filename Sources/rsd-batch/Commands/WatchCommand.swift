import ArgumentParser
import Foundation
import Reporting
import RunStore
import Support
import Terminal

struct WatchCommand: AsyncParsableCommand, StoppableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch", abstract: "Follow a run until it ends.",
        discussion: """
            Shows the accuracy of the finished answers, the acceptance, tokens per second, energy, and an estimate of the time left. \
            Reads only what the run adds to its journal, and changes nothing. Follows all shards of a run that has several, on whatever \
            nodes they run. On a terminal, the view is drawn in place; elsewhere, a line is printed every --interval seconds, with --json \
            a line of JSON.

            Ends with exit code 0 when the run is done, with 3 if trajectories failed, and with 75 if the run has stopped for ten \
            seconds and is not finished. To look once, use `rsd-batch status`.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
    var directory: String

    @Flag(help: "Wait for the run to begin, and for a run that has stopped to be resumed.")
    var wait = false

    @Option(help: ArgumentHelp("Seconds between two lines where the output is not a terminal.", valueName: "seconds"))
    var interval = 10.0

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard interval.isFinite, (0.1...86_400).contains(interval) else {
            throw ValidationError("--interval must be between 0.1 and 86400 seconds.")
        }
    }

    func run() async throws {
        let console = Console()
        let interruption = Interruption()
        let signals = StopSignals(interruption) { _ in }
        defer { withExtendedLifetime(signals) {} }
        let display = WatchDisplay(directory, console: console, output: output, interval: interval)
        let ending = try await display.during { () -> LiveRun? in
            do {
                return try await interruption.cancelOnInterrupt { try await follow(display) }
            } catch is Interrupted {
                // The user has seen enough.
                return nil
            }
        }
        try display.conclude()
        guard let ending else { throw ExitRequest(category: .interrupted) }
        try end(ending, console)
    }

    // MARK: Following

    private static let pause = Duration.milliseconds(500)
    /// Time for another process to resume a run that has stopped.
    private static let patience = Duration.seconds(10)

    /// - Returns: the run's last state.
    private func follow(_ display: WatchDisplay) async throws -> LiveRun {
        let clock = ContinuousClock()
        var watch = RunWatch(RunDirectory(URL(filePath: directory)))
        var (last, told): (LiveRun?, ContinuousClock.Instant?)
        var stopped: ContinuousClock.Instant?
        while true {
            let now = clock.now
            do {
                let run = try watch.look()
                let isOver = run.state == .done
                let isDue = told.map { (now - $0).inSeconds >= interval } ?? true
                if isDue || isOver || run.state != last?.state { told = now }
                try display.show(run, isDue: told == now)
                stopped = run.isAtWork || isOver ? nil : stopped ?? now
                if isOver { return run }
                // A run that did not run when it was first looked at is not waited for.
                if !wait, let stopped, last == nil || now - stopped >= Self.patience { return run }
                last = run
            } catch let error as NoRun {
                guard wait else { throw last == nil ? error : RunGone(directory: directory) }
                display.say("waiting for a run in \(directory)")
                last = nil
            }
            try await Task.sleep(for: Self.pause)
        }
    }

    private func end(_ run: LiveRun, _ console: Console) throws {
        if run.state == .done {
            if !run.shards.isEmpty {
                console.message(
                    "rsd-batch: all shards are finished; rsd-batch merge \(directory.shellWord) merges them\n")
            }
            if run.failed > 0 { throw ExitRequest(category: .someFailed) }
            return
        }
        let state = run.state == .silent ? "shows no sign of life" : "is not running"
        let how = run.shards.isEmpty ? "run the same command again" : "submit or run the rest"
        console.message(
            "rsd-batch: the run \(state), with \(run.finished) of \(run.total) answers finished: it was interrupted or failed. To resume "
                + "it, \(how); rsd-batch watch --wait waits for that\n")
        throw ExitRequest(category: .interrupted)
    }
}

/// The run was deleted while it was watched.
struct RunGone: ProgramError {
    var directory: String

    var explanation: Explanation {
        Explanation(
            "run-gone", .directoryTaken, "\(directory) was deleted or moved while it was watched",
            remedy: "`rsd-batch watch --wait` waits for a run that begins there again.")
    }
}
