import Foundation
import Support
import Synchronization

/// Where an engine that was spawned ahead of time waits before it touches its device.
///
/// A file that this process has locked: to open the gate is to write a word into it and to let go. When this process dies, the
/// kernel lets go, and without that word whoever waits there ends.
final class EngineGate: Sendable {
    /// What the file says once it is open.
    static let word = "open"

    private let descriptor: Mutex<Int32?>

    /// - Throws: ``FileFailure`` where there is such a file already, or it cannot be made or locked.
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

    /// Has those end who wait.
    func shut() { letGo(saying: "") }

    private func letGo(saying word: String) {
        let descriptor = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let descriptor else { return }
        // Where the word cannot be written, the engine ends, and is started without a gate.
        _ = write(descriptor, word, word.utf8.count)
        // Closing it is not enough where a child that is just being started has the file too.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
