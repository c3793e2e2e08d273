import Foundation
import ModelLifecycle
import Support
import Synchronization

/// Held by the process that works on a run directory.
///
/// On one machine, the kernel's lock and the holder's pid decide, however the holder ended. Between machines, file system locks
/// cannot be trusted: the holder sends heartbeats and counts as dead when they stop. If it resumes after all, it finds that
/// another process has taken over, and stops before it writes anything.
package final class RunLock: Sendable {
    private struct State {
        var confirmed: ContinuousClock.Instant
        var loss: RunLockLost?
        var onLoss: (@Sendable () -> Void)?
        var isReleased = false
    }

    package let holder: LockHolder
    /// Whether it was taken from a process on another machine that sent no heartbeat.
    package let isTakenOver: Bool

    private let files: LockFiles
    private let number: Int
    private let descriptor: Int32
    private let kernel: KernelLock
    private let state: Mutex<State>
    private let directory: String

    /// Takes the lock.
    ///
    /// - Parameters:
    ///   - file: `lock` in the run directory.
    ///   - beat: seconds between heartbeats.
    ///   - waits: whether to wait for a live holder.
    ///   - isShared: whether other machines may see the directory; nil asks the file system.
    ///   - waiting: called with the maximum number of seconds while checking whether a holder on another machine lives, and
    ///     with nil while waiting for a live holder.
    /// - Throws: ``RunLocked`` if another process holds it, ``FileFailure``, `CancellationError`.
    package static func take(
        _ file: URL, heartbeatInterval: Double = RunLock.heartbeatInterval, waits: Bool = false, isShared: Bool? = nil,
        waiting: (LockHolder?, _ seconds: Double?) -> Void = { _, _ in }
    ) async throws -> RunLock {
        let directory = file.deletingLastPathComponent().path
        let files = LockFiles(base: file)
        var me = LockHolder.me(heartbeatInterval: heartbeatInterval)
        me.home = DirectoryIdentity(directory)?.text
        let kernel = try KernelLock(file, isShared: isShared)
        var hasTold = false
        while true {
            try Task.checkCancellation()
            let finding = try await LockInspector.finding(
                files, isFreeHere: { kernel.isConclusive ? try await kernel.take() : nil },
                waiting: { if !hasTold { waiting($0, $1) } })
            // A crashed machine may leave a lock that its file system keeps.
            guard case .free(let number, let isAbandoned) = finding, try await kernel.take() || isAbandoned else {
                let holder = try? files.last()?.holder
                guard waits else { throw RunLocked(directory: directory, holder: holder) }
                if !hasTold { waiting(holder, nil) }
                hasTold = true
                try await Task.sleep(for: .seconds(min(5, heartbeatInterval)))
                continue
            }
            guard let descriptor = try files.claim(number, for: me) else { continue }
            return RunLock(
                files, number: number, descriptor: descriptor, kernel: kernel, holder: me, isTakenOver: isAbandoned)
        }
    }

    private init(
        _ files: LockFiles, number: Int, descriptor: Int32, kernel: KernelLock, holder: LockHolder, isTakenOver: Bool
    ) {
        self.files = files
        self.number = number
        self.descriptor = descriptor
        self.kernel = kernel
        self.holder = holder
        self.isTakenOver = isTakenOver
        directory = files.base.deletingLastPathComponent().path
        state = Mutex(State(confirmed: .now))
        scheduleSign(on: DispatchQueue(label: "lock", qos: .userInitiated))
    }

    deinit {
        release()
        close(descriptor)
    }

    /// Releases the directory at once. The object may outlive this for a moment, in a task that is ending.
    package func release() {
        let isHeld = state.withLock { state in
            defer { state.isReleased = true }
            return !state.isReleased && state.loss == nil
        }
        if isHeld { try? files.release(descriptor) }
        kernel.release()
    }

    /// Sets a callback for when another process has taken the lock.
    package func whenLost(_ body: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            state.onLoss = body
            return state.loss != nil
        }
        if isLost { body() }
    }

    /// Checks that the lock is still held. Call it before every write.
    ///
    /// - Parameter isLast: whether files are replaced next; requires that the directory can be checked now.
    /// - Throws: ``RunLockLost``, also if the lock could not be checked for so long that another process may have taken over.
    package func confirm(isLast: Bool = false) throws(RunLockLost) {
        let (loss, age) = state.withLock { ($0.loss, ContinuousClock.now - $0.confirmed) }
        if let loss { throw loss }
        guard files.stands(number, descriptor) ?? !isLast else { try lose(to: try? files.last()) }
        // Nobody can have taken over soon after the last heartbeat.
        guard age >= .seconds(2 * holder.heartbeatInterval), let failure = try giveSign() else { return }
        if age >= .seconds(holder.timeout) { throw RunLockLost(directory: directory, failure: "\(failure)") }
    }

    private func scheduleSign(on queue: DispatchQueue) {
        queue.asyncAfter(deadline: .now() + holder.heartbeatInterval) { [weak self] in
            guard let self, !state.withLock({ $0.isReleased }) else { return }
            do { try giveSign() } catch { return }
            scheduleSign(on: queue)
        }
    }

    /// - Returns: why the lock could not be checked: a file system that is briefly unreachable does not lose it.
    @discardableResult
    func giveSign() throws(RunLockLost) -> FileFailure? {
        let begin = ContinuousClock.now
        let last: LockFiles.Entry?
        do throws(FileFailure) { last = try files.last() } catch { return error }
        guard last?.number == number, last?.holder?.token == holder.token else {
            if state.withLock({ $0.isReleased }) { return nil }
            try lose(to: last)
        }
        guard futimens(descriptor, nil) == 0 else { return nil }
        state.withLock { $0.confirmed = begin }
        return nil
    }

    /// - Parameter last: the lock file that counts now.
    private func lose(to last: LockFiles.Entry?) throws(RunLockLost) -> Never {
        let loss = RunLockLost(
            directory: directory, holder: last?.holder, isElsewhere: last.map { $0.number <= number } ?? true)
        let onLoss = state.withLock { state in
            state.loss = state.loss ?? loss
            return state.onLoss
        }
        onLoss?()
        throw loss
    }

    /// Seconds between heartbeats; set by `RSD_BATCH_LOCK_BEAT`.
    static var heartbeatInterval: Double {
        ProcessInfo.processInfo.environment["RSD_BATCH_LOCK_BEAT"].flatMap(Double.init).map(LockHolder.plausible)
            ?? LockHolder.usualHeartbeatInterval
    }
}

/// Another process works on this run.
package struct RunLocked: ProgramError, Equatable {
    package var directory: String
    package var holder: LockHolder?

    package var explanation: Explanation {
        Explanation(
            "run-locked", .directoryTaken, "\(holder?.description ?? "another process") is working on \(directory)",
            remedy: "Wait for it, stop it, or name another directory with --run-dir.")
    }
}

/// Another process has taken over the run because this one seemed dead, or the directory was moved.
package struct RunLockLost: ProgramError, Equatable {
    package var directory: String
    package var holder: LockHolder?
    /// Why that could not be checked.
    package var failure: String?
    /// Whether the directory was moved, removed or replaced.
    package var isElsewhere = false

    package var explanation: Explanation {
        func lost(_ summary: String, _ remedy: String) -> Explanation {
            Explanation("run-lock-lost", .directoryTaken, summary, remedy: remedy)
        }
        if isElsewhere {
            return lost(
                "\(directory) was moved, removed or replaced while this process worked on it; the process stopped and wrote no results",
                "The work is in the moved directory; resume it with --run-dir.")
        }
        if let failure {
            return lost(
                "the lock of \(directory) could not be checked for too long, and another process may have taken over: \(failure)",
                "This process has stopped. Nothing is lost: run the same command again to resume.")
        }
        return lost(
            "\(holder?.description ?? "another process") has taken over \(directory), because this process sent no heartbeat for too "
                + "long (was it suspended, or its file system unreachable?)",
            "This process has stopped; `rsd-batch status` shows the progress of the run.")
    }
}
