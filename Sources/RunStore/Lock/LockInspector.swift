import Foundation
import ModelLifecycle

/// Who holds a run directory, for those who do not want to take it.
package enum LockInspector {
    /// The holder as the files say, and the seconds since its last sign of life, by this machine's clock against that of whoever
    /// keeps the file: to be shown, and not to be built upon. nil where nobody holds it.
    package static func now(_ lock: URL) -> (holder: LockHolder, timeSinceHeartbeat: Double)? {
        guard let entry = try? LockFiles(base: lock).last(), let holder = entry.holder else { return nil }
        if holder.isNeighbour(of: .me(heartbeatInterval: holder.heartbeatInterval)),
            !holder.isRunning(in: lock.deletingLastPathComponent())
        {
            return nil
        }
        return (holder, max(0, Date().timeIntervalSince1970 - Double(entry.touched) / 1e9))
    }

    /// What a lock comes to.
    package enum Finding: Sendable, Equatable {
        /// Nobody holds it, or who held it is gone. `number` is the next to claim; `isAbandoned` where its holder, on another
        /// machine, gave no sign of life and may yet wake.
        case free(number: Int, isAbandoned: Bool)
        case held(LockHolder?)
    }

    /// Looks until it can be told whether a holder lives: at once on its own machine, and elsewhere until a sign of life comes, or
    /// none for ``LockHolder/timeout``.
    ///
    /// - Parameters:
    ///   - isFreeHere: whether the kernel says that nobody of this machine holds it; nil where others may see the directory.
    ///   - waiting: called once where it cannot be told at once, with the seconds that it may take.
    /// - Throws: ``FileFailure``, `CancellationError`.
    package static func finding(
        _ files: LockFiles, isFreeHere: () -> Bool?, waiting: (LockHolder?, _ seconds: Double) -> Void = { _, _ in }
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
            // Before the machine was started anew, in another container, or by one that could not finish its words.
            if entry.holder?.host ?? here == here, let isFree = isFreeHere() {
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
