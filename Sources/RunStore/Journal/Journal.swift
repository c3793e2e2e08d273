import Foundation
import Support
import Synchronization

/// The append-only record of a run: the one writer of its file.
///
/// Lines are written in groups: while one group goes to the disk, the next gathers. A caller whose append has returned
/// knows that its record survives the end of the process and of the machine.
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

    /// Opens the journal for appending and cuts the torn end that a crash may have left.
    ///
    /// - Parameters:
    ///   - goodLength: bytes to keep, as ``JournalReader`` found them.
    ///   - permit: asked before anything is written; what it throws ends all writing.
    package init(file: URL, goodLength: Int, permit: @escaping @Sendable () throws -> Void = {}) throws {
        path = file.path
        self.permit = permit
        descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw JournalWriteFailure(path: path, errno: errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0,
            status.st_size == goodLength || ftruncate(descriptor, off_t(goodLength)) == 0
        else {
            // Throwing from here runs deinit, which closes the file.
            throw JournalWriteFailure(path: path, errno: errno)
        }
    }

    deinit { close(descriptor) }

    /// Appends a record; returns when it is on the disk.
    ///
    /// - Throws: ``JournalWriteFailure``, or what forbade the writing. After one, every later append fails too: a gap would be worse than a stop.
    package func append(_ record: JournalRecord) async throws {
        try await withCheckedThrowingContinuation { continuation in
            submit(record) { continuation.resume(with: $0) }
        }
    }

    /// Appends a record after all that were submitted before, without waiting for it.
    ///
    /// - Parameter done: called when it is on the disk, in the order of the records, or with what ``append(_:)`` throws; must return at
    ///   once.
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

/// The journal could not be written; all that was acknowledged before is on the disk.
package struct JournalWriteFailure: ProgramError, Equatable {
    package var path: String
    package var errno: Int32

    package var explanation: Explanation {
        Explanation(
            "journal-unwritable", .disk,
            "\(path): \(String(cString: strerror(errno))). What was written before is intact, and the run goes on from there",
            remedy: FileFailure.room(errno) ?? "See to the file system and run the same command again.")
    }
}
