import ArgumentParser
import Foundation
import ModelLifecycle
import Support

/// A command of the user's that is run when a run has ended, however it ended.
struct NotifyOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Run this shell command at the end, also after a failure or an interruption. RSD_BATCH_STATE (finished, failed or "
                + "interrupted), RSD_BATCH_JOB, RSD_BATCH_ACCURACY and others tell it what happened; see docs/watching.md. It has "
                + "30 seconds, 5 after an interruption, and does not change the exit code.", valueName: "command"))
    var notify: String?

    func validate() throws { try Self.check(notify) }

    static func check(_ command: String?) throws {
        if let command, command.allSatisfy(\.isWhitespace) { throw ValidationError("--notify needs a command.") }
    }

    /// Runs a body, then the command.
    ///
    /// - Throws: what the body throws. If there is a command, the error has been reported before the command starts.
    func after(
        _ ending: RunEnding, _ interruption: Interruption, _ console: Console,
        _ body: (inout RunEnding) async throws -> Void
    ) async throws {
        var ending = ending
        guard let notify else { return try await body(&ending) }
        var exit = ExitCategory.done
        do {
            try await body(&ending)
        } catch {
            ending.error = Failure.summary(of: error)
            exit = Failure.report(error, console: console)
        }
        let command = NotifyCommand(command: notify, environment: ending.environment(exit: exit))
        if let fault = await command.run(interruption, console) {
            console.message("rsd-batch: warning: the --notify command \(fault)\n")
        }
        throw ExitRequest(category: exit)
    }
}

/// One run of the command.
private struct NotifyCommand {
    static let limit = Duration.seconds(30)
    /// Whoever interrupted the run waits for its end, and may kill it after half a minute.
    static let limitAfterInterruption = Duration.seconds(5)
    /// Between SIGTERM and SIGKILL.
    static let grace = Duration.seconds(1)
    /// Bytes of its output that are shown.
    static let mostOutput = 4000

    var command: String
    var environment: [String: String]

    /// - Returns: what went wrong; nil if nothing did.
    func run(_ interruption: Interruption, _ console: Console) async -> String? {
        // Read before the start: a signal may come as soon as the command runs.
        let level = interruption.level
        let output = FileManager.default.temporaryDirectory.appending(path: "rsd-notify-\(RandomName.hex(bytes: 8))")
        defer { unlink(output.path) }
        do {
            // Not tied to this program: what it starts in the background may outlive it.
            let child = try await ChildProcess.launch(
                SpawnRequest(
                    executable: "/bin/sh", arguments: ["-c", command],
                    environment: console.environment.merging(environment) { $1 }, outputPath: output.path),
                tiedToParent: false)
            let fault = try await wait(for: child, interruption, since: level)
            console.message(Self.tail(of: output))
            return fault
        } catch {
            return "could not be run: \(error)"
        }
    }

    /// - Parameter level: of the interruption when the command was started.
    private func wait(
        for child: ChildProcess, _ interruption: Interruption, since level: Interruption.Level
    ) async throws -> String? {
        let limit = level == .none ? Self.limit : Self.limitAfterInterruption
        let status = try await withThrowingTaskGroup(of: ExitStatus?.self) { race in
            race.addTask { try await child.exit.wait(atMost: limit) }
            race.addTask {
                // A further signal ends the wait; after two, there is none to come.
                let next: Interruption.Level = level == .none ? .draining : .immediate
                if level < next { await interruption.reached(next) } else { try await Task.sleep(for: limit) }
                return nil
            }
            defer { race.cancelAll() }
            return try await race.next() ?? nil
        }
        if let status { return status == .exited(code: 0) ? nil : "ended with \(status)" }
        let tree = ProcessTree(leader: child.pid, leaderStart: child.startTime, tag: nil, trustsGroup: true)
        _ = try await StopLadder(grace: Self.grace).bringDown(tree, engine: "/bin/sh", exit: child.exit)
        return interruption.level > level
            ? "was stopped by a signal" : "was stopped after \(Int(limit.inSeconds)) s"
    }

    private static func tail(of file: URL) -> String {
        let bytes = FileManager.default.contents(atPath: file.path) ?? Data()
        let text = String(decoding: bytes.suffix(mostOutput), as: UTF8.self)
        return text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
    }
}
