import Foundation
import Support
import Synchronization

/// The gate where an engine that was spawned ahead of time waits before it touches its device.
///
/// A file locked by this process. To open the gate, write a word into it and unlock it. If this process dies, the
/// kernel unlocks the file, and an engine that finds no word in it exits.
final class EngineGate: Sendable {
    /// Content of the file once the gate is open.
    static let word = "open"

    private let descriptor: Mutex<Int32?>

    /// - Throws: ``FileFailure`` if the file exists already, or cannot be created or locked.
    init(path: String) throws(FileFailure) {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path: path, errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            throw FileFailure(path: path, errno: code)
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { shut() }

    func open() { letGo(saying: Self.word) }

    /// Makes the waiting processes exit.
    func shut() { letGo(saying: "") }

    private func letGo(saying word: String) {
        let descriptor = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let descriptor else { return }
        // If the word cannot be written, the engine exits and is started without a gate.
        _ = write(descriptor, word, word.utf8.count)
        // Closing is not enough: a child that is being started may have inherited the file.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
