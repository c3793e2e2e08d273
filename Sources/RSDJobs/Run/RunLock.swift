import Foundation

/// Held while a process works on a run directory; the kernel lets go of it when the process ends, however it ends.
public final class RunLock: Sendable {
    private let descriptor: Int32

    /// - Throws: ``RunLocked`` where another process holds it, or ``FileFailure``, also where the file system has no locks.
    public init(_ file: URL) throws {
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: file.path, errno: errno) }
        // Throwing from here on runs deinit, which closes the file.
        let refusal = Self.take(descriptor)
        guard refusal == 0 else {
            guard refusal == EWOULDBLOCK else { throw FileFailure(path: file.path, errno: refusal) }
            let holder = try? JSONDecoder().decode(LockHolder.self, from: Data(contentsOf: file))
            throw RunLocked(directory: file.deletingLastPathComponent().path, holder: holder)
        }
        let holder = LockHolder(host: ProcessInfo.processInfo.hostName, pid: getpid())
        let text = try JSONEncoder().encode(holder)
        guard ftruncate(descriptor, 0) == 0 else { throw FileFailure(path: file.path, errno: errno) }
        try AtomicFile.writeAll(text, to: descriptor, path: file.path)
    }

    deinit { close(descriptor) }

    /// Whoever looks whether a lock is held has it for a moment, and so has a child that a killed runner was about to start,
    /// so a refusal counts only when it lasts.
    ///
    /// - Returns: 0, or the error number of the refusal.
    private static func take(_ descriptor: Int32) -> Int32 {
        var refusal: Int32 = 0
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return 0 }
            refusal = errno
            if refusal != EWOULDBLOCK { break }
            usleep(5_000)
        }
        return refusal
    }

    /// The process that holds a lock file now, or nil where none does.
    public static func holder(of file: URL) -> LockHolder? {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        return try? JSONDecoder().decode(LockHolder.self, from: Data(contentsOf: file))
    }
}

public struct LockHolder: Sendable, Equatable, Codable {
    public var host: String
    public var pid: Int32
}

/// Another process works on this run.
public struct RunLocked: Error, Equatable, CustomStringConvertible {
    public var directory: String
    public var holder: LockHolder?

    public var description: String {
        let who = holder.map { "process \($0.pid) on \($0.host)" } ?? "another process"
        return "\(who) is working on \(directory). Wait for it, stop it, or name another directory with --run-dir."
    }
}
