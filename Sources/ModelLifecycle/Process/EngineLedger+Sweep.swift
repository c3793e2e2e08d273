import Foundation

extension EngineLedger {
    /// Ends what earlier runs of this run directory left behind, and nothing else.
    ///
    /// Covers the starts on this host since its last boot that were never recorded as stopped, and all processes that
    /// carry this directory, whatever has become of the ledger.
    ///
    /// - Parameter grace: between SIGTERM and SIGKILL.
    /// - Returns: what was ended, and what cannot be checked from here.
    /// - Throws: ``EngineUnkillable`` after all others were ended; ``LedgerError``.
    @discardableResult
    package func sweepLeftovers(grace: Duration = .seconds(10)) async throws -> LedgerSweep {
        let mine = mine
        let carried = Carried.all()
        var sweep = LedgerSweep()
        var unkillable: EngineUnkillable?
        let open = try openStarts()
        let known = Set(open.map(\.tag))
        let unwritten = Set(carried.filter { $0.home == home.text && !known.contains($0.tag) }.map(\.tag)).sorted().map
        {
            OpenStart(tag: $0, engine: "?", host: host, boot: boot, home: home.text)
        }
        for start in open + unwritten where !mine.contains(start.tag) {
            // A copied ledger lists the engines of another directory.
            guard start.home ?? home.text == home.text else { continue }
            guard start.boot == boot, start.host == host else {
                // After a reboot nothing is left on this host; another host may still run the engine.
                if start.host != host {
                    sweep.elsewhere.append(.init(engine: start.engine, host: start.host ?? "?"))
                }
                continue
            }
            // Another run of a living program has it.
            if start.keeper?.isAlive == true { continue }
            let owner = start.carries.map(DirectoryIdentity.init(text:)) ?? home
            do {
                if [owner.text, nil].contains(where: { carried.contains(Carried(tag: start.tag, home: $0)) }) {
                    try await end(start, of: owner, grace: grace).map { sweep.ended.append($0) }
                }
                for path in start.temporaries { EngineFolder(path, tag: start.tag, home: owner).remove() }
                try stopped(tag: start.tag, note: "swept")
            } catch let error as EngineUnkillable {
                unkillable = error
            }
        }
        if let unkillable { throw unkillable }
        return sweep
    }

    private func end(_ start: OpenStart, of owner: DirectoryIdentity, grace: Duration) async throws -> LedgerSweep
        .Ended?
    {
        var tree = ProcessTree(
            leader: start.pid, leaderStart: start.startTime, tag: start.tag, trustsGroup: false)
        tree.home = owner
        let pids = tree.living().map(\.pid)
        let outcome = try await StopLadder(grace: grace).bringDown(tree, engine: start.engine)
        return outcome == .wasGone ? nil : .init(engine: start.engine, pids: pids)
    }
}

/// The tag of a living process, and the directory that it carries, if any.
private struct Carried: Hashable {
    var tag: String
    var home: String?

    static func all() -> Set<Carried> {
        var found: Set<Carried> = []
        for record in ProcFS.all() where !record.isDead && record.pid != getpid() {
            guard let tag = ProcFS.environment(of: record.pid, ProcessTree.tagVariable) else { continue }
            found.insert(Carried(tag: tag, home: DirectoryIdentity.carried(by: record.pid)))
        }
        return found
    }
}

/// The result of a sweep.
package struct LedgerSweep: Sendable, Hashable {
    package struct Ended: Sendable, Hashable {
        package let engine: String
        package let pids: [Int32]
    }

    package struct Elsewhere: Sendable, Hashable {
        package let engine: String
        package let host: String
    }

    /// Leftovers that were running and have been ended.
    package internal(set) var ended: [Ended] = []
    /// Starts on other hosts that were never recorded as stopped. They cannot be checked from here.
    package internal(set) var elsewhere: [Elsewhere] = []
}
