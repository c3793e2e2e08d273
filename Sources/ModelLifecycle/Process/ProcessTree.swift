import Foundation

/// All processes of one engine start: its leader, the leader's process group, every process with the start's tag in its
/// environment, and the descendants of all these.
package struct ProcessTree: Sendable {
    /// The environment variable with the tag.
    package static let tagVariable = "RSD_BATCH_ENGINE_TAG"
    /// The environment variable with the run directory, see ``DirectoryIdentity``.
    package static let homeVariable = "RSD_BATCH_ENGINE_HOME"

    package var leader: pid_t?
    package var leaderStart: UInt64?
    package var tag: String?
    /// Whether pid and group are known to belong to this tree, the group even after the leader's end. True for a child
    /// of this process, which is watched without a gap. False for a ledger's record, whose numbers may have been reused
    /// or made up: the leader, too, must then carry the tag.
    package var trustsGroup: Bool
    /// A process counts as tagged only if it carries this directory or none: a copy of a ledger has the same tags.
    var home: DirectoryIdentity?

    package init(leader: pid_t?, leaderStart: UInt64?, tag: String?, trustsGroup: Bool) {
        self.leader = leader
        self.leaderStart = leaderStart
        self.tag = tag
        self.trustsGroup = trustsGroup
    }

    /// The leader, if it still runs.
    package func livingLeader() -> ProcessRecord? {
        guard let leader, let record = ProcFS.record(of: leader), !record.isDead, isLeader(record) else {
            return nil
        }
        return record
    }

    /// All running members, never this process itself.
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
        guard let home, let theirs = DirectoryIdentity.carried(by: record.pid) else { return true }
        return theirs == home.text
    }

    /// Whether the group belongs to the tree. A group keeps its number while it has members, so without its leader the
    /// rest still belong to it, but only a gapless watch proves that. Otherwise the leader or a tagged member must be
    /// in it.
    private func ownsGroup(_ everyone: [ProcessRecord], found: [pid_t: ProcessRecord]) -> Bool {
        guard let leader else { return false }
        if found.values.contains(where: { $0.group == leader }) { return true }
        return trustsGroup && !everyone.contains { $0.pid == leader }
    }
}
