import Foundation
import Synchronization

/// The book of every engine that a run has started: what makes "no engine outlives its run" hold after `kill -9` too.
///
/// A file of JSON lines that only grows. A start is written down before the process exists (`intent`), again with the pid
/// and the start time once it does (`started`), and again when the whole family is gone (`stopped`). The tag of the
/// intent is in the environment of the child and its descendants, so that a start whose second line was never written is
/// found as well.
///
/// One writer at a time: the owner of the run directory's lock.
public final class EngineLedger: Sendable {
    struct Line: Codable {
        enum Event: String, Codable { case intent, started, stopped }
        var event: Event
        var tag: String
        var at: Date
        var engine: String?
        var host: String?
        var boot: String?
        var runner: Int32?
        /// Files and folders to remove when the engine is gone.
        var temporaries: [String]?
        var pid: Int32?
        var start: UInt64?
        var note: String?
    }

    private struct State {
        var descriptor: Int32
        var mine: Set<String> = []
    }

    /// Where the ledger lies.
    public let path: String
    private let host: String
    private let boot: String
    private let state: Mutex<State>

    /// Opens the ledger, making the file where there is none.
    ///
    /// - Throws: ``LedgerError``.
    public convenience init(path: String) throws {
        try self.init(path: path, host: ProcFS.hostName(), boot: ProcFS.bootID())
    }

    package init(path: String, host: String, boot: String) throws {
        self.path = path
        self.host = host
        self.boot = boot
        let descriptor = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw LedgerError(path: path, doing: "opened", code: errno) }
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

    /// Writes down that an engine is about to be started.
    ///
    /// - Returns: the tag for the child's environment.
    package func intend(engine: String, temporaries: [String] = []) throws -> String {
        let tag = RandomName.hex(bytes: 16)
        state.withLock { _ = $0.mine.insert(tag) }
        try append(
            Line(
                event: .intent, tag: tag, at: Date(), engine: engine, host: host, boot: boot, runner: getpid(),
                temporaries: temporaries.isEmpty ? nil : temporaries))
        return tag
    }

    package func started(tag: String, pid: Int32, startTime: UInt64?) throws {
        try append(Line(event: .started, tag: tag, at: Date(), pid: pid, start: startTime))
    }

    /// Writes down that nothing of a start is left.
    package func stopped(tag: String, note: String? = nil) throws {
        try append(Line(event: .stopped, tag: tag, at: Date(), note: note))
    }

    /// Ends what earlier runs of this run directory left behind, and nothing else.
    ///
    /// Looked at are the starts of this host since it was last booted that were never written down as stopped. Their
    /// processes are known by pid and start time, by process group, and by the tag in their environment.
    ///
    /// - Parameter grace: from SIGTERM to SIGKILL.
    /// - Returns: what was ended, and what cannot be looked at from here.
    /// - Throws: ``EngineUnkillable`` after all others were ended; ``LedgerError``.
    @discardableResult
    public func sweepLeftovers(grace: Duration = .seconds(10)) async throws -> LedgerSweep {
        let mine = state.withLock { $0.mine }
        var sweep = LedgerSweep()
        var unkillable: EngineUnkillable?
        for start in try openStarts() where !mine.contains(start.tag) {
            guard start.boot == boot, start.host == host else {
                // Another boot of this host has nothing left of it; another host may.
                if start.host != host {
                    sweep.elsewhere.append(.init(engine: start.engine, host: start.host ?? "?"))
                }
                continue
            }
            let family = ProcessFamily(
                leader: start.pid, leaderStart: start.startTime, tag: start.tag, trustsGroup: false)
            let pids = family.living().map(\.pid)
            do {
                let outcome = try await StopLadder(grace: grace).bringDown(family, engine: start.engine)
                for path in start.temporaries { try? FileManager.default.removeItem(atPath: path) }
                if outcome != .wasGone { sweep.ended.append(.init(engine: start.engine, pids: pids)) }
                try stopped(tag: start.tag, note: "swept: \(outcome)")
            } catch let error as EngineUnkillable {
                unkillable = error
            }
        }
        if let unkillable { throw unkillable }
        return sweep
    }

    /// A start that was never written down as stopped.
    struct OpenStart {
        var tag: String
        var engine: String
        var host: String?
        var boot: String?
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
            // What cannot be read was torn while it was written: the line before it stands for it.
            guard let line = try? decoder.decode(Line.self, from: bytes) else { continue }
            switch line.event {
            case .intent:
                order.append(line.tag)
                starts[line.tag] = OpenStart(
                    tag: line.tag, engine: line.engine ?? "?", host: line.host, boot: line.boot,
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

    /// The lines of the file, empty ones left out.
    private func lines() throws -> [Data] {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw LedgerError(path: path, doing: "read", code: EIO)
        }
        return bytes.split(separator: UInt8(ascii: "\n"))
    }

    private func append(_ line: Line) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try append(encoder.encode(line))
    }

    private func append(_ line: Data) throws {
        let bytes = line + Data([UInt8(ascii: "\n")])
        try state.withLock { state in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { write(state.descriptor, $0.baseAddress, $0.count) }
                guard count >= 0 || errno == EINTR else {
                    throw LedgerError(path: path, doing: "written", code: errno)
                }
                rest = rest.dropFirst(max(0, count))
            }
            guard fsync(state.descriptor) == 0 || errno == EINVAL else {
                throw LedgerError(path: path, doing: "flushed", code: errno)
            }
        }
    }
}

/// What a sweep found.
public struct LedgerSweep: Sendable, Hashable {
    public struct Ended: Sendable, Hashable {
        public let engine: String
        public let pids: [Int32]
    }

    public struct Elsewhere: Sendable, Hashable {
        public let engine: String
        public let host: String
    }

    /// The leftovers that lived, and do no more.
    public internal(set) var ended: [Ended] = []
    /// Starts on other hosts that were never written down as stopped. They cannot be looked at from here.
    public internal(set) var elsewhere: [Elsewhere] = []
}

/// The ledger could not be kept. No engine may be started without it.
public struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    public let path: String
    let doing: String
    let code: Int32

    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }

    public var description: String {
        "the engine ledger \(path) could not be \(doing): \(String(cString: strerror(code)))"
            + (isDiskFull ? "; make room on the disk and run the same command again" : "")
    }
}

/// Names that nobody guesses.
enum RandomName {
    static func hex(bytes: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<bytes).map { _ in
            let byte = UInt8.random(in: 0...255, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
