import Foundation
import ModelLifecycle
import Support

/// The kernel's own lock of a run directory, which ends with its holder, however that ends.
package final class KernelLock: Sendable {
    private let descriptor: Int32
    /// Whether only this machine sees the directory, so that this lock alone tells whether anybody holds it.
    let isConclusive: Bool

    /// Opens the file, making it where there is none.
    ///
    /// - Parameter isShared: whether other machines may see it; nil asks the file system.
    /// - Throws: ``FileFailure``.
    init(_ file: URL, isShared: Bool? = nil) throws(FileFailure) {
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: file.path, errno: errno) }
        isConclusive = !(isShared ?? FileSystem.isShared(descriptor))
    }

    deinit { close(descriptor) }

    /// Takes the lock, which may be held already by this very object.
    ///
    /// A child that a killed runner was about to start has the lock for a moment, so a refusal counts only when it lasts. A file
    /// system that has no such locks refuses nobody.
    package func take() -> Bool {
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
            usleep(5_000)
        }
        return false
    }

    /// Gives it up.
    package func release() { _ = flock(descriptor, LOCK_UN) }

    /// Whether nobody of this machine holds it; nil where others may see the directory, and this says nothing of them.
    package static func isFree(_ file: URL) -> Bool? {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, !FileSystem.isShared(descriptor) else { return nil }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }
}
