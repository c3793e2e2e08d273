import Synchronization

/// A process in the ledgers of the runs that have had it, one after the other.
final class LedgerRecord: Sendable {
    let tag: String
    private let engine: String
    private let temporaries: [String]
    /// Never empty; the last is that of the run that has it.
    private let ledgers: Mutex<[EngineLedger]>

    /// - Parameter ledger: has an intent with the tag.
    init(tag: String, engine: String, temporaries: [String] = [], in ledger: EngineLedger) {
        self.tag = tag
        self.engine = engine
        self.temporaries = temporaries
        ledgers = Mutex([ledger])
    }

    /// The run is over, and the process stays up.
    func kept() throws { try ledgers.withLock { $0 }.last?.kept(tag: tag) }

    /// Another run takes the process over.
    func move(to ledger: EngineLedger, _ child: ChildProcess) throws {
        let (first, last) = ledgers.withLock { ($0.first, $0.last) }
        guard let origin = first, last !== ledger else { return }
        try ledger.adopted(
            tag: tag, from: origin, engine: engine, temporaries: temporaries, pid: child.pid,
            startTime: child.startTime)
        ledgers.withLock { $0.append(ledger) }
    }

    /// Nothing of the process is left.
    func stopped(note: String? = nil) throws {
        let all = ledgers.withLock { $0 }
        // A ledger of a run that is over needs no more than a sweep would do.
        for earlier in all.dropLast() { try? earlier.stopped(tag: tag, note: note) }
        try all.last?.stopped(tag: tag, note: note)
    }
}
