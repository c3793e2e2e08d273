import Foundation
import Support
import Synchronization

/// Record of all engines that a run has started, so that no engine outlives its run even after `kill -9`.
///
/// An append-only file of JSON lines. A start is recorded before the process exists (`intent`), again with the pid and
/// the start time once it does (`started`), and again when its whole process tree has ended (`stopped`). The tag of the
/// intent is in the environment of the child and its descendants, together with the ledger's directory.
///
/// An engine may outlive its run in the hands of the same program, which takes it into its next run (``LedgerRecord``). The
/// ledger that it leaves then names this program (`kept`): while that lives, the engine is no leftover. The ledger that it
/// comes to has an intent and a start of its own, with the directory that the process carries.
///
/// The file itself is not trusted: it may be a copy, damaged, or made up. Only processes that carry a tag of the
/// ledger's directory are ended, and only directories whose note names their owner are removed.
///
/// One writer at a time: the owner of the run directory's lock.
package final class EngineLedger: Sendable {
    struct Line: Codable {
        enum Event: String, Codable { case intent, started, kept, stopped }
        var event: Event
        var tag: String
        var at: Date
        var engine: String?
        var host: String?
        var boot: String?
        var runner: Int32?
        /// See ``ProcessRecord/startTime``.
        var runnerStart: UInt64?
        /// See ``DirectoryIdentity``; nil in ledgers of earlier versions.
        var home: String?
        /// The directory that the process carries, if it was started by a run in another one.
        var carries: String?
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
    let host: String
    let boot: String
    let home: DirectoryIdentity
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
        [ProcessTree.tagVariable: tag, ProcessTree.homeVariable: home.carried, "SPT_NOENV": "1"]
    }

    package func started(tag: String, pid: Int32, startTime: UInt64?) throws {
        try append(Line(event: .started, tag: tag, at: Date(), pid: pid, start: startTime))
    }

    /// Records a process that was started by a run in another directory.
    ///
    /// - Parameter origin: the ledger of that run.
    func adopted(
        tag: String, from origin: EngineLedger, engine: String, temporaries: [String], pid: Int32, startTime: UInt64?
    ) throws {
        state.withLock { _ = $0.mine.insert(tag) }
        try append(
            Line(
                event: .intent, tag: tag, at: Date(), engine: engine, host: host, boot: boot, runner: getpid(),
                home: home.text, carries: origin.home.text, temporaries: temporaries.isEmpty ? nil : temporaries))
        try started(tag: tag, pid: pid, startTime: startTime)
    }

    /// Records that a process stays up after the run, in the hands of this program.
    func kept(tag: String) throws {
        try append(
            Line(
                event: .kept, tag: tag, at: Date(), runner: getpid(),
                runnerStart: ProcFS.record(of: getpid())?.startTime))
    }

    /// Records that nothing of a start is left.
    package func stopped(tag: String, note: String? = nil) throws {
        try append(Line(event: .stopped, tag: tag, at: Date(), note: note))
    }

    /// A start that was never recorded as stopped.
    struct OpenStart {
        var tag: String
        var engine: String
        var host: String?
        var boot: String?
        var home: String?
        var carries: String?
        var pid: Int32?
        var startTime: UInt64?
        /// The program that has it since its run is over; nil if its run never ended.
        var keeper: ProcessRecord.ID?
        var temporaries: [String] = []
    }

    /// The tags of processes that this program started or took over for the run.
    var mine: Set<String> { state.withLock { $0.mine } }

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
                    carries: line.carries, temporaries: line.temporaries ?? [])
            case .started:
                starts[line.tag]?.pid = line.pid
                starts[line.tag]?.startTime = line.start
            case .kept:
                if let pid = line.runner, let start = line.runnerStart {
                    starts[line.tag]?.keeper = ProcessRecord.ID(pid: pid, startTime: start)
                }
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
