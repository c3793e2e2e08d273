import Foundation
import JobSpecs
import RunStore
import Support

/// Follows a run directory while others work on it: never takes its lock, writes nothing, and reads only what was added to the journal.
package struct RunFollower: Sendable {
    private struct Begun: Sendable {
        var job: LoadedJob
        var created: String
        var tally: LiveTally
        var stamps: [FileStamp?]
    }

    package let directory: RunDirectory
    private var tail: JournalTail
    private var begun: Begun?

    package init(_ directory: RunDirectory) {
        self.directory = directory
        tail = JournalTail(directory.journal)
    }

    /// Looks again.
    ///
    /// - Throws: ``NoRun`` also if the directory has gone; what ``StoredRun`` throws.
    package mutating func look() throws -> LiveRun {
        // In this order: what is read after its process has ended is complete.
        let lock = LockInspector.now(directory.lock)
        var begun = try self.begun.flatMap { $0.stamps == stamps ? $0 : nil } ?? begin()
        self.begun = nil
        var addition: JournalTail.Addition
        repeat {
            addition = try tail.read()
            if addition.isNew || addition.records.haveGrown {
                begun = try begin()
                continue
            }
            for (index, record) in addition.records.enumerated() {
                try begun.tally.take(record, line: addition.earlier + index + 1)
            }
        } while addition.hasMore
        let written = lock == nil && begun.tally.isFinished ? WrittenAccuracy(directory) : nil
        if written == nil { begun.tally.grade() }
        self.begun = begun

        var state = LiveRun.State.stopped
        if let lock {
            state = lock.timeSinceHeartbeat > lock.holder.timeout ? .silent : .running
        } else if begun.tally.isFinished, FileStamp(directory.results) != nil {
            state = .done
        }
        var run = begun.tally.run(state)
        (run.holder, run.created) = (lock?.holder, begun.created)
        written?.fill(&run)
        return run
    }

    /// What a run is may change while it stops and goes on.
    private var stamps: [FileStamp?] { [directory.manifest, directory.job].map(FileStamp.init) }

    private mutating func begin() throws -> Begun {
        let stamps = stamps
        guard let manifest = try Manifest.read(directory.manifest) else { throw NoRun(directory: directory.url.path) }
        let job = try StoredRun.job(of: directory, as: manifest)
        tail = JournalTail(directory.journal)
        var records: [JournalRecord] = []
        var addition: JournalTail.Addition
        repeat {
            addition = try tail.read()
            records += addition.records
        } while addition.hasMore
        let tally = try LiveTally(job, records, hasGrown: manifest.history != nil)
        return Begun(job: job, created: manifest.created, tally: tally, stamps: stamps)
    }
}

/// The accuracies in `summary.json` of a finished run, which may have been regraded.
private struct WrittenAccuracy: Decodable {
    struct Row: Decodable {
        var method: String
        var total: Int
        var correct: Int
    }

    var grader: String
    var rows: [Row]

    /// nil if it is missing or unreadable.
    init?(_ directory: RunDirectory) {
        guard let data = try? RunFile.contents(of: directory.summary),
            let summary = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = summary
    }

    func fill(_ run: inout LiveRun) {
        guard rows.reduce(0, { $0 + $1.total }) == run.finished else { return }
        run.grader = grader
        for place in run.methods.indices {
            let rows = rows.filter { $0.method == run.methods[place].method }
            run.methods[place].graded = rows.reduce(0) { $0 + $1.total }
            run.methods[place].correct = rows.reduce(0) { $0 + $1.correct }
        }
    }
}
