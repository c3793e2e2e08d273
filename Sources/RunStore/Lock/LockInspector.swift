import Foundation
import ModelLifecycle

/// Reports who holds a run directory, without taking it.
package enum LockInspector {
    /// The holder according to the files, and the seconds since its last heartbeat, by this machine's clock against the file
    /// server's: for display only. nil if nobody holds it.
    package static func now(_ lock: URL) -> (holder: LockHolder, timeSinceHeartbeat: Double)? {
        guard let entry = try? LockFiles(base: lock).last(), let holder = entry.holder else { return nil }
        if holder.isNeighbour(of: .me(heartbeatInterval: holder.heartbeatInterval)),
            !holder.isRunning(in: lock.deletingLastPathComponent())
        {
            return nil
        }
        return (holder, max(0, Date().timeIntervalSince1970 - Double(entry.touched) / 1e9))
    }

    /// The state of a lock.
    package enum Finding: Sendable, Equatable {
        /// Free, or its holder is dead. `number` is the next to claim; `isAbandoned` means that the holder, on another machine, sent
        /// no heartbeat and may yet resume.
        case free(number: Int, isAbandoned: Bool)
        case held(LockHolder?)
    }

    /// Watches the lock until it is clear whether the holder lives: at once on the holder's machine, elsewhere until a heartbeat
    /// arrives or none has for ``LockHolder/timeout``.
    ///
    /// - Parameters:
    ///   - isFreeHere: whether the kernel reports no holder on this machine; nil if other machines may see the directory.
    ///   - waiting: called once if it takes time, with the maximum number of seconds.
    /// - Throws: ``FileFailure``, `CancellationError`.
    package static func finding(
        _ files: LockFiles, isFreeHere: () async throws -> Bool?,
        waiting: (LockHolder?, _ seconds: Double) -> Void = { _, _ in }
    ) async throws -> Finding {
        let clock = ContinuousClock()
        let (begin, here) = (clock.now, ProcFS.hostName())
        var observation = LockObservation()
        var hasTold = false
        while true {
            guard let entry = try files.last() else { return .free(number: 1, isAbandoned: false) }
            if entry.content == .released { return .free(number: entry.number + 1, isAbandoned: false) }
            if let holder = entry.holder, holder.isNeighbour(of: .me(heartbeatInterval: holder.heartbeatInterval)) {
                return holder.isRunning(in: files.base.deletingLastPathComponent())
                    ? .held(holder) : .free(number: entry.number + 1, isAbandoned: false)
            }
            // From before a reboot, from another container, or of a process that was killed while writing its data.
            if entry.holder?.host ?? here == here, let isFree = try await isFreeHere() {
                return isFree ? .free(number: entry.number + 1, isAbandoned: false) : .held(entry.holder)
            }
            switch observation.look(entry, at: clock.now - begin) {
            case .alive: return .held(entry.holder)
            case .gone: return .free(number: entry.number + 1, isAbandoned: true)
            case .unknown:
                if !hasTold { waiting(entry.holder, entry.timeout) }
                hasTold = true
                try await Task.sleep(
                    for: .seconds(min(1, (entry.holder.map { LockHolder.plausible($0.heartbeatInterval) } ?? 1) / 4)))
            }
        }
    }
}
