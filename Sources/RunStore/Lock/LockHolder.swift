import Foundation
import ModelLifecycle

/// The process that holds a run directory.
package struct LockHolder: Sendable, Equatable, Codable, CustomStringConvertible {
    package var host: String
    package var pid: Int32
    /// The kernel's boot id, and the pid namespace.
    package var boot = ""
    var pids = ""
    /// Start time of the process, in clock ticks since the machine booted.
    package var start: UInt64 = 0
    /// Seconds between two heartbeats.
    var heartbeatInterval = LockHolder.usualHeartbeatInterval
    /// The directory's identity in the kernel; nil if written by an earlier version.
    package var home: String?
    /// A random value, unique to this holding.
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
    /// Missed heartbeats after which a holder counts as dead.
    package static let patience = 6.0

    /// Seconds without a heartbeat after which it counts as dead.
    package var timeout: Double { Self.plausible(heartbeatInterval) * Self.patience }

    /// Clamps an interval from a file or the environment to between a millisecond and an hour.
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

    /// Whether its pid can be looked up from here: same host, boot and pid namespace.
    ///
    /// Two containers on one machine share the kernel but number their processes separately.
    func isNeighbour(of other: LockHolder) -> Bool {
        (host, boot, pids) == (other.host, other.boot, other.pids)
    }

    package var isThisProcess: Bool { pid == getpid() && isNeighbour(of: .me(heartbeatInterval: heartbeatInterval)) }

    /// For a neighbour: whether it is still running, and works on this directory rather than on one that this is a copy of.
    package func isRunning(in directory: URL) -> Bool {
        if let home, home != DirectoryIdentity(directory.path)?.text { return false }
        guard let record = ProcFS.record(of: pid) else { return false }
        return !record.isDead && record.startTime == start
    }
}
