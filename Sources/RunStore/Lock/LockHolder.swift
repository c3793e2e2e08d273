import Foundation
import ModelLifecycle

/// The process that holds a run directory.
package struct LockHolder: Sendable, Equatable, Codable, CustomStringConvertible {
    package var host: String
    package var pid: Int32
    /// The kernel's name for this start of the machine, and the namespace in which the pid means something.
    package var boot = ""
    var pids = ""
    /// Clock ticks since the machine started, at which the process did.
    package var start: UInt64 = 0
    /// Seconds between two heartbeats.
    var heartbeatInterval = LockHolder.usualHeartbeatInterval
    /// The directory as its kernel knows it; nil where an earlier version wrote this.
    package var home: String?
    /// Tells this holding from every other.
    package var token = ""

    private enum CodingKeys: String, CodingKey {
        case host, pid, boot, pids, start, home, token
        case heartbeatInterval = "beat"
    }

    package init(host: String, pid: Int32) {
        self.host = host
        self.pid = pid
    }

    package var description: String { "process \(pid) on \(host)" }

    static let usualHeartbeatInterval = 10.0
    /// Heartbeats missed after which a holder counts as gone.
    package static let patience = 6.0

    /// Seconds without a heartbeat after which it counts as gone.
    package var timeout: Double { Self.plausible(heartbeatInterval) * Self.patience }

    /// Files and environments may say anything: an interval between a millisecond and an hour.
    static func plausible(_ heartbeatInterval: Double) -> Double {
        (0.001...3600).contains(heartbeatInterval) ? heartbeatInterval : usualHeartbeatInterval
    }

    /// This process.
    static func me(heartbeatInterval: Double) -> LockHolder {
        var me = LockHolder(host: ProcFS.hostName(), pid: getpid())
        me.boot = ProcFS.bootID()
        me.pids = ProcFS.pidNamespace()
        me.start = ProcFS.record(of: me.pid)?.startTime ?? 0
        me.heartbeatInterval = heartbeatInterval
        me.token = UUID().uuidString
        return me
    }

    /// Whether its pid can be looked up from here: the same start of the same machine, by the same name.
    ///
    /// Two containers on one machine have the same kernel and count their processes apart.
    func isNeighbour(of other: LockHolder) -> Bool {
        (host, boot, pids) == (other.host, other.boot, other.pids)
    }

    package var isThisProcess: Bool { pid == getpid() && isNeighbour(of: .me(heartbeatInterval: heartbeatInterval)) }

    /// Of a neighbour: whether it still runs, and works on this directory and not on one that this is a copy of.
    package func isRunning(in directory: URL) -> Bool {
        if let home, home != DirectoryIdentity(directory.path)?.text { return false }
        guard let record = ProcFS.record(of: pid) else { return false }
        return !record.isDead && record.startTime == start
    }
}
