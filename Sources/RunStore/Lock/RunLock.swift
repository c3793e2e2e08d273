import Foundation
import ModelLifecycle
import Support
import Synchronization

/// Held while a process works on a run directory.
///
/// On one machine the kernel's own lock and the holder's pid tell whether it is held, however the holder ended. Between machines
/// file systems are not to be trusted with locks: there the holder gives signs of life, and counts as gone when none came for a
/// while. Should it wake after all, it finds that somebody else has taken over, and stops before it writes anything more.
package final class RunLock: Sendable {
    private struct State {
        var confirmed: ContinuousClock.Instant
        var loss: RunLockLost?
        var onLoss: (@Sendable () -> Void)?
        var isReleased = false
    }

    package let holder: LockHolder
    /// Whether it was taken from a process on another machine that gave no sign of life.
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
    ///   - beat: seconds between two signs of life.
    ///   - waits: whether to wait for a holder that lives.
    ///   - isShared: whether other machines may see the directory; nil asks the file system.
    ///   - waiting: told where it has to be seen whether a holder on another machine lives, with the seconds that it may take,
    ///     and without them where a holder that lives is waited for.
    /// - Throws: ``RunLocked`` where another process holds it, ``FileFailure``, `CancellationError`.
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
            guard
                case .free(let number, let isAbandoned) = try await LockInspector.finding(
                    files, isFreeHere: { kernel.isConclusive ? kernel.take() : nil },
                    waiting: { if !hasTold { waiting($0, $1) } }),
                // A machine that is gone may leave a lock behind that its file system goes on to keep.
                kernel.take() || isAbandoned
            else {
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

    /// Gives the directory up at once. The object itself may live on for a moment, in a task that is over.
    package func release() {
        let isHeld = state.withLock { state in
            defer { state.isReleased = true }
            return !state.isReleased && state.loss == nil
        }
        if isHeld { try? files.release(descriptor) }
        kernel.release()
    }

    /// Called once somebody else has taken the lock.
    package func whenLost(_ body: @escaping @Sendable () -> Void) {
        let isLost = state.withLock { state in
            state.onLoss = body
            return state.loss != nil
        }
        if isLost { body() }
    }

    /// Sees to it that the lock is still held; to be called before anything is written.
    ///
    /// - Parameter isLast: whether files are to be replaced next, which is not done in a directory that cannot be seen to be ours.
    /// - Throws: ``RunLockLost``, also where it could not be looked at for so long that somebody may have taken over.
    package func confirm(isLast: Bool = false) throws(RunLockLost) {
        let (loss, age) = state.withLock { ($0.loss, ContinuousClock.now - $0.confirmed) }
        if let loss { throw loss }
        guard files.stands(number, descriptor) ?? !isLast else { try lose(to: try? files.last()) }
        // Nobody can have taken over while the last sign of life is young.
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

    /// - Returns: why it could not be seen who holds the lock: a file system that is away for a moment takes it from nobody.
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

    /// Seconds between two signs of life, which `RSD_BATCH_LOCK_BEAT` changes.
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

/// Another process has taken the run over, because this one seemed to be gone; or the directory is not where it was.
package struct RunLockLost: ProgramError, Equatable {
    package var directory: String
    package var holder: LockHolder?
    /// Why it could not be seen whether anybody has.
    package var failure: String?
    /// Whether the directory is not where it was.
    package var isElsewhere = false

    package var explanation: Explanation {
        func lost(_ summary: String, _ remedy: String) -> Explanation {
            Explanation("run-lock-lost", .directoryTaken, summary, remedy: remedy)
        }
        if isElsewhere {
            return lost(
                "\(directory) was moved, removed or replaced while this process worked on it; it has stopped and written no results",
                "What was done is where the directory is now, and goes on with that --run-dir.")
        }
        if let failure {
            return lost(
                "it could not be seen for too long who works on \(directory), and somebody may have taken over: \(failure)",
                "This process has stopped. Nothing that was done is lost, and the same command goes on.")
        }
        return lost(
            "\(holder?.description ?? "somebody") has taken over \(directory), as no sign of life came from this process for too "
                + "long (was it suspended, or its file system away?)",
            "This process has stopped; `rsd-batch status` shows how the run stands.")
    }
}
