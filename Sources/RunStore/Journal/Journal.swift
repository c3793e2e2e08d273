import Foundation
import Support
import Synchronization

/// The append-only record of a run, and the only writer of its file.
///
/// Lines are written in groups: while one group is synced to disk, the next gathers. Once an append has returned, its record
/// survives a crash of the process or the machine.
package final class Journal: Sendable {
    private struct State {
        var waiting: [Waiter] = []
        var writing = false
        var failure: (any Error)?
    }

    private struct Waiter {
        var line: Data
        var done: @Sendable (Result<Void, any Error>) -> Void
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "journal")
    private let descriptor: Int32
    private let path: String
    private let permit: @Sendable () throws -> Void

    /// Opens the journal for appending and cuts off a torn end left by a crash.
    ///
    /// - Parameters:
    ///   - goodLength: bytes to keep, from ``JournalReader``.
    ///   - permit: called before each write; an error that it throws ends all writing.
    package init(file: URL, goodLength: Int, permit: @escaping @Sendable () throws -> Void = {}) throws {
        path = file.path
        self.permit = permit
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw JournalWriteFailure(path: path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            status.st_size == goodLength || ftruncate(descriptor, off_t(goodLength)) == 0
        else {
            // An error thrown from here runs deinit, which closes the file.
            throw JournalWriteFailure(path: path, errno: errno)
        }
    }

    deinit { close(descriptor) }

    /// Appends a record; returns when it is on disk.
    ///
    /// - Throws: ``JournalWriteFailure``, or the error of `permit`. All later appends fail too, since a gap is worse than a stop.
    package func append(_ record: JournalRecord) async throws {
        try await withCheckedThrowingContinuation { continuation in
            submit(record) { continuation.resume(with: $0) }
        }
    }

    /// Appends records in order; returns when all are on disk.
    package func append(_ records: [JournalRecord]) async throws {
        guard let last = records.last else { return }
        for record in records.dropLast() { submit(record) { _ in } }
        try await append(last)
    }

    /// Appends a record after all that were submitted before, without waiting.
    ///
    /// - Parameter done: called in the order of the records, when the record is on disk or with the error that ``append(_:)`` would
    ///   throw; must return at once.
    package func submit(_ record: JournalRecord, done: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        let line: Data
        do { line = try JournalLine.encode(record) } catch { return done(.failure(error)) }
        let start = state.withLock { state in
            state.waiting.append(Waiter(line: line, done: done))
            defer { state.writing = true }
            return !state.writing
        }
        if start { queue.async { self.writeGroups() } }
    }

    private func writeGroups() {
        while true {
            let (group, failure) = state.withLock { state in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.writing = false }
                return (state.waiting, state.failure)
            }
            if group.isEmpty { return }
            let result = Result {
                if let failure { throw failure }
                try permit()
                try write(group)
            }
            if case .failure(let failure) = result { state.withLock { $0.failure = failure } }
            for waiter in group { waiter.done(result) }
        }
    }

    private func write(_ group: [Waiter]) throws(JournalWriteFailure) {
        var bytes = Data(capacity: group.reduce(0) { $0 + $1.line.count })
        for waiter in group { bytes.append(waiter.line) }
        do throws(FileFailure) {
            try AtomicFile.writeAll(bytes, to: descriptor, path: path)
        } catch {
            throw JournalWriteFailure(path: path, errno: error.errno)
        }
        guard fdatasync(descriptor) == 0 else { throw JournalWriteFailure(path: path, errno: errno) }
    }
}

/// The journal could not be written. Everything acknowledged before is on disk.
package struct JournalWriteFailure: ProgramError, Equatable {
    package var path: String
    package var errno: Int32

    package var explanation: Explanation {
        Explanation(
            "journal-unwritable", .disk,
            "\(path): \(String(cString: strerror(errno))). Everything written before is intact",
            remedy: FileFailure.room(errno) ?? "Check the file system and run the same command again to resume.")
    }
}
