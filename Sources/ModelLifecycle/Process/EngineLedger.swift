import Foundation
import Support
import Synchronization

/// Record of all engines that a run has started, so that no engine outlives its run even after `kill -9`.
///
/// An append-only file of JSON lines. A start is recorded before the process exists (`intent`), again with the pid and
/// the start time once it does (`started`), and again when its whole process tree has ended (`stopped`). The tag of the
/// intent is in the environment of the child and its descendants, together with the ledger's directory.
///
/// The file itself is not trusted: it may be a copy, damaged, or made up. Only processes that carry a tag of the
/// ledger's directory are ended, and only directories whose note names their owner are removed.
///
/// One writer at a time: the owner of the run directory's lock.
package final class EngineLedger: Sendable {
    struct Line: Codable {
        enum Event: String, Codable { case intent, started, stopped }
        var event: Event
        var tag: String
        var at: Date
        var engine: String?
        var host: String?
        var boot: String?
        var runner: Int32?
        /// See ``DirectoryIdentity``; nil in ledgers of earlier versions.
        var home: String?
        /// Files and directories to remove when the engine has ended.
        var temporaries: [String]?
        var pid: Int32?
        var start: UInt64?
        var note: String?
    }

    private struct State {
        var descriptor: Int32
        var mine: Set<String> = []
    }

    /// The path of the ledger.
    package let path: String
    private let host: String
    private let boot: String
    private let home: DirectoryIdentity
    private let state: Mutex<State>

    /// Opens the ledger; creates the file if it is missing.
    ///
    /// - Throws: ``LedgerError``.
    package convenience init(path: String) throws {
        try self.init(path: path, host: ProcFS.hostName(), boot: ProcFS.bootID())
    }

    package init(path: String, host: String, boot: String) throws {
        self.path = path
        self.host = host
        self.boot = boot
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw LedgerError(path: path, doing: "opened", code: errno) }
        guard let home = DirectoryIdentity((path as NSString).deletingLastPathComponent) else {
            close(descriptor)
            throw LedgerError(path: path, doing: "opened", code: ENOENT)
        }
        self.home = home
        state = Mutex(State(descriptor: descriptor))
        // A torn last line must not swallow the next one.
        var status = stat()
        var last = UInt8(ascii: "\n")
        if fstat(descriptor, &status) == 0, status.st_size > 0 {
            pread(descriptor, &last, 1, status.st_size - 1)
        }
        if last != UInt8(ascii: "\n") { try append(Data()) }
    }

    deinit { _ = state.withLock { close($0.descriptor) } }

    /// Records that an engine is about to be started.
    ///
    /// - Parameter temporaries: directories created for it.
    /// - Returns: the start's tag.
    package func intend(engine: String, temporaries: [String] = []) throws -> String {
        let tag = RandomName.hex(bytes: 16)
        state.withLock { _ = $0.mine.insert(tag) }
        for path in temporaries { try EngineFolder(path, tag: tag, home: home).sign() }
        try append(
            Line(
                event: .intent, tag: tag, at: Date(), engine: engine, host: host, boot: boot, runner: getpid(),
                home: home.text, temporaries: temporaries.isEmpty ? nil : temporaries))
        return tag
    }

    /// The environment variables that identify a start's process and its descendants.
    package func environment(of tag: String) -> [String: String] {
        // Python's setproctitle, which vLLM uses to name its processes, overwrites /proc/PID/environ without the last
        // one.
        [ProcessTree.tagVariable: tag, ProcessTree.homeVariable: home.text, "SPT_NOENV": "1"]
    }

    package func started(tag: String, pid: Int32, startTime: UInt64?) throws {
        try append(Line(event: .started, tag: tag, at: Date(), pid: pid, start: startTime))
    }

    /// Records that nothing of a start is left.
    package func stopped(tag: String, note: String? = nil) throws {
        try append(Line(event: .stopped, tag: tag, at: Date(), note: note))
    }

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
        let mine = state.withLock { $0.mine }
        let carried = carriedTags()
        var sweep = LedgerSweep()
        var unkillable: EngineUnkillable?
        let open = try openStarts()
        let known = Set(open.map(\.tag))
        let unwritten = carried.filter { $0.value && !known.contains($0.key) }.keys.sorted().map {
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
            do {
                if carried[start.tag] != nil {
                    try await end(start, grace: grace).map { sweep.ended.append($0) }
                }
                for path in start.temporaries { EngineFolder(path, tag: start.tag, home: home).remove() }
                try stopped(tag: start.tag, note: "swept")
            } catch let error as EngineUnkillable {
                unkillable = error
            }
        }
        if let unkillable { throw unkillable }
        return sweep
    }

    private func end(_ start: OpenStart, grace: Duration) async throws -> LedgerSweep.Ended? {
        var tree = ProcessTree(
            leader: start.pid, leaderStart: start.startTime, tag: start.tag, trustsGroup: false)
        tree.home = home
        let pids = tree.living().map(\.pid)
        let outcome = try await StopLadder(grace: grace).bringDown(tree, engine: start.engine)
        return outcome == .wasGone ? nil : .init(engine: start.engine, pids: pids)
    }

    /// The tags of living processes, each with whether they carry this directory too; without those of other
    /// directories.
    private func carriedTags() -> [String: Bool] {
        var tags: [String: Bool] = [:]
        for record in ProcFS.all() where !record.isDead && record.pid != getpid() {
            guard let tag = ProcFS.environment(of: record.pid, ProcessTree.tagVariable) else { continue }
            switch ProcFS.environment(of: record.pid, ProcessTree.homeVariable) {
            case home.text?: tags[tag] = true
            case nil: tags[tag] = tags[tag] ?? false
            case _?: break
            }
        }
        return tags
    }

    /// A start that was never recorded as stopped.
    struct OpenStart {
        var tag: String
        var engine: String
        var host: String?
        var boot: String?
        var home: String?
        var pid: Int32?
        var startTime: UInt64?
        var temporaries: [String] = []
    }

    func openStarts() throws -> [OpenStart] {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        var order: [String] = []
        var starts: [String: OpenStart] = [:]
        for bytes in try lines() {
            // Skip a torn line: the record before it counts.
            guard let line = try? decoder.decode(Line.self, from: bytes) else { continue }
            switch line.event {
            case .intent:
                order.append(line.tag)
                starts[line.tag] = OpenStart(
                    tag: line.tag, engine: line.engine ?? "?", host: line.host, boot: line.boot, home: line.home,
                    temporaries: line.temporaries ?? [])
            case .started:
                starts[line.tag]?.pid = line.pid
                starts[line.tag]?.startTime = line.start
            case .stopped:
                starts[line.tag] = nil
            }
        }
        return order.compactMap { starts[$0] }
    }

    /// The non-empty lines of the file.
    private func lines() throws -> [Data] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw LedgerError(path: path, doing: "read", code: EIO)
        }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    private func append(_ line: Line) throws {
        let encoder = JSONText.encoder
        encoder.dateEncodingStrategy = .iso8601
        try append(encoder.encode(line))
    }

    private func append(_ line: Data) throws {
        let bytes = line + Data([UInt8(ascii: "\n")])
        try state.withLock { state in
            do throws(FileFailure) {
                try AtomicFile.writeAll(bytes, to: state.descriptor, path: path)
            } catch {
                throw LedgerError(path: path, doing: "written", code: error.errno)
            }
            guard fsync(state.descriptor) == 0 || errno == EINVAL else {
                throw LedgerError(path: path, doing: "flushed", code: errno)
            }
        }
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

/// The ledger could not be read or written. No engine may be started without it.
package struct LedgerError: ProgramError, Hashable {
    package let path: String
    let doing: String
    let code: Int32

    /// Whether the path holds something that is not a regular file of the run.
    package var isObstructed: Bool { [EISDIR, ENOTDIR, ELOOP].contains(code) }

    package var explanation: Explanation {
        Explanation(
            "ledger", isObstructed ? .directoryTaken : .disk,
            "the engine ledger \(path) could not be \(doing): \(String(cString: strerror(code)))",
            remedy: FileFailure.room(code))
    }
}

/// Unguessable names.
package enum RandomName {
    package static func hex(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
