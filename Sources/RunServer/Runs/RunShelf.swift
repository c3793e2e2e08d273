import Foundation
import JobSpecs
import Reporting
import RunStore
import Support
import Synchronization

/// The runs in a folder, looked at by a thread of its own as long as somebody asks for them: requests never wait for a disk.
final class RunShelf: Sendable {
    struct Entry: Sendable {
        var directory: RunDirectory
        var row: RunRow
        /// nil if it was not read yet, or cannot be.
        var run: LiveRun?
        /// Of the change that it is from.
        var version: Int
    }

    /// What is known at a moment.
    struct Snapshot: Sendable {
        /// By ids.
        var entries: [String: Entry] = [:]
        var version = 0
        /// Of the last change in which runs there are.
        var membership = 0
        /// When everything had been looked at; nil before the first time.
        var seen: ContinuousClock.Instant?

        /// The latest first.
        var rows: [RunRow] { entries.values.map(\.row).sorted { ($1.begun, $0.id) < ($0.begun, $1.id) } }
    }

    private struct State {
        var snapshot = Snapshot()
        var asked = ContinuousClock.now
        var isOver = false
    }

    private let folder: URL
    private let state = Mutex(State())

    private static let pause = 0.5
    /// How often the folder is searched for runs.
    private static let searchInterval = Duration.seconds(2)
    /// How long the runs are followed after somebody has asked.
    private static let interest = Duration.seconds(20)

    init(_ folder: URL) {
        self.folder = folder
        let thread = Thread { [self] in follow() }
        thread.name = "rsd-runs"
        // Replaying calls parsers that nest.
        thread.stackSize = 8 << 20
        thread.start()
    }

    func stop() { state.withLock { $0.isOver = true } }

    var snapshot: Snapshot {
        state.withLock { state in
            state.asked = .now
            return state.snapshot
        }
    }

    /// A snapshot of now, or the last one if that takes too long.
    func fresh() async -> Snapshot {
        let begin = ContinuousClock.now
        var now = snapshot
        for _ in 0..<60 where (now.seen ?? begin - .seconds(9)) < begin - .seconds(2) {
            guard (try? await Task.sleep(for: .milliseconds(50))) != nil else { break }
            now = snapshot
        }
        return now
    }

    /// The directory of a run, or of a shard of one; nil if the folder has no run of that name.
    func directory(of id: String) -> RunDirectory? {
        let entries = snapshot.entries
        if let entry = entries[id] { return entry.directory }
        guard let slash = id.lastIndex(of: "/"),
            let shard = Shard(directoryName: String(id[id.index(after: slash)...])),
            let parent = entries[String(id[..<slash])],
            parent.run?.shards.contains(where: { $0.shard == shard }) == true
        else { return nil }
        return ShardedRun(parent.directory).directory(of: shard)
    }

    // MARK: The thread

    private struct Followed {
        var watch: RunWatch
        /// Of a run that no process works on: it is read again when one of these changes.
        var stamps: [FileStamp?]?
    }

    private func follow() {
        var followed: [String: Followed] = [:]
        var directories: [String: RunDirectory] = [:]
        var searched: ContinuousClock.Instant?
        while !state.withLock({ $0.isOver }) {
            let isAsked = state.withLock { $0.asked > .now - Self.interest }
            // Memory of the last looks is freed where nobody is interested.
            if isAsked {
                if searched.map({ $0 < .now - Self.searchInterval }) ?? true {
                    directories = search()
                    searched = .now
                }
                look(at: directories, &followed)
            } else {
                followed = [:]
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
    }

    private func search() -> [String: RunDirectory] {
        let found = (try? RunFinder().runs(below: folder)) ?? []
        let directories = Dictionary(found.map { (id(of: $0), $0) }) { first, _ in first }
        publish { snapshot in
            let gone = Set(snapshot.entries.keys).subtracting(directories.keys)
            let new = directories.filter { snapshot.entries[$0.key] == nil }
            for id in gone { snapshot.entries[id] = nil }
            for (id, directory) in new {
                snapshot.entries[id] = Entry(
                    directory: directory, row: RunRow(id: id), run: nil, version: snapshot.version + 1)
            }
            return !gone.isEmpty || !new.isEmpty
        }
        return directories
    }

    private func look(at directories: [String: RunDirectory], _ followed: inout [String: Followed]) {
        followed = followed.filter { directories[$0.key] != nil }
        for (id, directory) in directories.sorted(by: { $0.key < $1.key }) {
            if state.withLock({ $0.isOver }) { return }
            look(at: id, directory, &followed)
        }
        state.withLock { $0.snapshot.seen = .now }
    }

    private func look(at id: String, _ directory: RunDirectory, _ followed: inout [String: Followed]) {
        let stamps = Self.stamps(of: directory)
        if let known = followed[id], let before = known.stamps, before == stamps { return }
        var watch = followed.removeValue(forKey: id)?.watch ?? RunWatch(directory)
        do {
            let run = try watch.look()
            show(RunRow(id: id, run), run, id)
            // What is not at work needs no memory.
            followed[id] =
                run.state == .running || run.state == .silent || !run.shards.isEmpty
                ? Followed(watch: watch) : Followed(watch: RunWatch(directory), stamps: stamps)
        } catch is NoRun {
            show(RunRow(id: id, fault: "it has not begun, or its manifest.json is missing"), nil, id)
            followed[id] = Followed(watch: RunWatch(directory))
        } catch {
            let summary = (error as? any ProgramError)?.explanation.summary ?? "\(error)"
            show(RunRow(id: id, fault: summary), nil, id)
            followed[id] = Followed(watch: RunWatch(directory), stamps: stamps)
        }
    }

    private func show(_ row: RunRow, _ run: LiveRun?, _ id: String) {
        publish { snapshot in
            guard var entry = snapshot.entries[id] else { return false }
            let isNew = entry.row != row
            (entry.row, entry.run) = (row, run)
            if isNew { (snapshot.version, entry.version) = (snapshot.version + 1, snapshot.version + 1) }
            snapshot.entries[id] = entry
            return false
        }
    }

    /// - Parameter change: returns whether there are other runs than before.
    private func publish(_ change: (inout Snapshot) -> Bool) {
        state.withLock { state in
            guard change(&state.snapshot) else { return }
            state.snapshot.version += 1
            state.snapshot.membership = state.snapshot.version
        }
    }

    /// The folder's own name if it is itself the run.
    private func id(of directory: RunDirectory) -> String {
        let (base, place) = (RunDirectory(folder).url.path, directory.url.path)
        guard place.hasPrefix(base + "/") || base == "/" else { return directory.url.lastPathComponent }
        return String(place.dropFirst(base == "/" ? 1 : base.count + 1))
    }

    private static func stamps(of directory: RunDirectory) -> [FileStamp?] {
        var files = [directory.manifest, directory.job, directory.journal, directory.results, directory.summary]
        // The lock is a set of numbered files.
        files += [directory.lock, directory.url]
        return files.map(FileStamp.init)
    }
}
