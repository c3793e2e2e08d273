import Foundation
import Support

/// Ends a process tree: SIGTERM, a grace period, SIGKILL, and a check that no process is left.
///
/// SIGTERM first goes to the leader alone. vLLM's API server then ends its engine cores in order; a shell that wraps a
/// server just dies, and the processes it leaves behind get SIGTERM next.
package struct StopLadder: Sendable {
    /// Time between SIGTERM and SIGKILL.
    package var grace: Duration
    /// Time for SIGKILL to take effect. A process stuck in a driver can survive it.
    package var killLimit: Duration
    /// Replaced only in tests, which have no process that survives SIGKILL.
    var send: @Sendable (Int32, ProcessRecord) -> Void = { ProcFS.send($0, to: $1) }
    /// The first pause between two checks; later ones are longer.
    var firstPause = Duration.milliseconds(5)

    package init(grace: Duration, killLimit: Duration = .seconds(10)) {
        self.grace = grace
        self.killLimit = killLimit
    }

    package enum Outcome: Sendable, Hashable {
        case wasGone
        case ended
        case killed
    }

    /// Ends the tree. Runs to completion even if the calling task is cancelled.
    ///
    /// - Parameter exit: set when the leader has ended, if known.
    /// - Throws: ``EngineUnkillable`` if a member survives SIGKILL for ``killLimit``.
    package func bringDown(_ tree: ProcessTree, engine: String, exit: Latch<ExitStatus>? = nil) async throws
        -> Outcome
    {
        try await Task.detached { try await climb(tree, engine: engine, exit) }.value
    }

    private func climb(_ tree: ProcessTree, engine: String, _ exit: Latch<ExitStatus>?) async throws -> Outcome {
        var living = tree.living()
        if living.isEmpty { return .wasGone }
        let clock = ContinuousClock()
        var deadline = clock.now + grace
        var pause = Pause(firstPause, until: exit)
        var toldLeader = false
        var told: Set<ProcessRecord.ID> = []
        if grace > .zero {
            while !living.isEmpty, clock.now < deadline {
                if let leader = tree.livingLeader() {
                    if !toldLeader { send(SIGTERM, leader) }
                    toldLeader = true
                    told.insert(leader.id)
                } else {
                    for member in living where told.insert(member.id).inserted {
                        send(SIGTERM, member)
                    }
                }
                try await pause.sleep()
                living = tree.living()
            }
            if living.isEmpty { return .ended }
        }
        deadline = clock.now + killLimit
        pause = Pause(firstPause, until: exit)
        repeat {
            // Repeated: a member may have forked between the check and the signal.
            for member in living { send(SIGKILL, member) }
            try await pause.sleep()
            living = tree.living()
        } while !living.isEmpty && clock.now < deadline
        if !living.isEmpty {
            throw EngineUnkillable(engine: engine, survivors: living.map(EngineUnkillable.Survivor.init))
        }
        return .killed
    }

    /// Short pauses at first, since most processes end at once, then longer ones. The leader's end triggers a check at
    /// once.
    private struct Pause {
        private let first: Duration
        private var next: Duration
        /// nil once the leader's end has been seen.
        private var exit: Latch<ExitStatus>?

        init(_ first: Duration, until exit: Latch<ExitStatus>?) {
            (self.first, next, self.exit) = (first, first, exit)
        }

        mutating func sleep() async throws {
            if let waited = exit {
                guard try await waited.wait(atMost: next) == nil else {
                    (exit, next) = (nil, first)
                    return
                }
            } else {
                try await Task.sleep(for: next)
            }
            next = min(next * 3 / 2, max(first, .milliseconds(200)))
        }
    }
}

extension ProcessRecord: Identifiable {
    /// Identifies a process, as distinct from others with the same pid before or after it.
    package struct ID: Sendable, Hashable {
        package let pid: pid_t
        package let startTime: UInt64

        /// Whether it still runs.
        package var isAlive: Bool {
            guard let record = ProcFS.record(of: pid) else { return false }
            return record.id == self && !record.isDead
        }
    }

    package var id: ID { ID(pid: pid, startTime: startTime) }
}

/// Processes that survived SIGKILL, usually stuck in a driver call. Their GPU memory stays in use.
package struct EngineUnkillable: ProgramError, Hashable {
    package struct Survivor: Sendable, Hashable {
        package let pid: Int32
        package let command: String
        /// The state letter of `/proc/PID/stat`: D is an uninterruptible wait, R is running.
        package let state: Character

        init(_ record: ProcessRecord) {
            pid = record.pid
            command = record.command
            state = record.state
        }
    }

    package let engine: String
    package let survivors: [Survivor]

    package var explanation: Explanation {
        let list = survivors.map { "\($0.pid) (\($0.command), state \($0.state))" }.joined(separator: ", ")
        return Explanation(
            "engine-unkillable", .engine, "engine \(engine) survived SIGKILL: \(list)",
            remedy: "Its memory stays in use: run on another node, or restart this one.")
    }
}
