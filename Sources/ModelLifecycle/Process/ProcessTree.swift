import Foundation

/// Everything that one start of an engine brought to life: its leader, the leader's process group, whoever carries the
/// start's tag in its environment, and the descendants of all these.
package struct ProcessTree: Sendable {
    /// The environment variable that carries the tag.
    package static let tagVariable = "RSD_BATCH_ENGINE_TAG"
    /// That which carries the run directory, see ``DirectoryIdentity``.
    package static let homeVariable = "RSD_BATCH_ENGINE_HOME"

    package var leader: pid_t?
    package var leaderStart: UInt64?
    package var tag: String?
    /// Whether the numbers are known to be the family's, the group even when the leader is gone. True for a child of this very
    /// process while it is looked after without a gap; false for what a ledger says, where a number may be another's by now or
    /// was never ours: there the leader, too, is known by the tag alone.
    package var trustsGroup: Bool
    /// Only who carries this too, or carries none, carries the tag: a copy of a ledger has the same tags.
    var home: DirectoryIdentity?

    package init(leader: pid_t?, leaderStart: UInt64?, tag: String?, trustsGroup: Bool) {
        self.leader = leader
        self.leaderStart = leaderStart
        self.tag = tag
        self.trustsGroup = trustsGroup
    }

    /// The leader, when it still runs.
    package func livingLeader() -> ProcessRecord? {
        guard let leader, let record = ProcFS.record(of: leader), !record.isDead, isLeader(record) else {
            return nil
        }
        return record
    }

    /// All members that still run. Never this process itself.
    package func living() -> [ProcessRecord] {
        let everyone = ProcFS.all()
        let mine = getpid()
        var found: [pid_t: ProcessRecord] = [:]
        for record in everyone where isLeader(record) || carriesTag(record) { found[record.pid] = record }
        if let leader, ownsGroup(everyone, found: found) {
            for record in everyone where record.group == leader { found[record.pid] = record }
        }
        var grew = !found.isEmpty
        while grew {
            grew = false
            for record in everyone where found[record.pid] == nil && found[record.parent] != nil {
                found[record.pid] = record
                grew = true
            }
        }
        return found.values.filter { !$0.isDead && $0.pid != mine && $0.pid != 1 }.sorted { $0.pid < $1.pid }
    }

    private func isLeader(_ record: ProcessRecord) -> Bool {
        guard record.pid == leader else { return false }
        return leaderStart.map { $0 == record.startTime && (trustsGroup || carriesTag(record)) } ?? trustsGroup
    }

    private func carriesTag(_ record: ProcessRecord) -> Bool {
        guard let tag, !record.isDead, ProcFS.environment(of: record.pid, holds: Self.tagVariable, tag) else {
            return false
        }
        guard let home, let theirs = ProcFS.environment(of: record.pid, Self.homeVariable) else { return true }
        return theirs == home.text
    }

    /// A group keeps its number while it has members, so with the leader gone the rest are still its group; but only one
    /// who has watched all along may conclude that. Else the leader or a tagged member must vouch for it.
    private func ownsGroup(_ everyone: [ProcessRecord], found: [pid_t: ProcessRecord]) -> Bool {
        guard let leader else { return false }
        if found.values.contains(where: { $0.group == leader }) { return true }
        return trustsGroup && !everyone.contains { $0.pid == leader }
    }
}
