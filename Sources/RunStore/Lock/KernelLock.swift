import Foundation
import ModelLifecycle
import Support

/// The kernel's lock (`flock`) on a run directory, which is released when its holder ends, however it ends.
package final class KernelLock: Sendable {
    private let descriptor: Int32
    /// Whether the directory is visible to this machine only, so that this lock alone decides who holds it.
    let isConclusive: Bool

    /// Opens the lock file, creating it if needed.
    ///
    /// - Parameter isShared: whether other machines may see it; nil asks the file system.
    /// - Throws: ``FileFailure``.
    init(_ file: URL, isShared: Bool? = nil) throws(FileFailure) {
        descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: file.path, errno: errno) }
        isConclusive = !(isShared ?? FileSystem.isShared(descriptor))
    }

    deinit { close(descriptor) }

    /// Takes the lock; returns true if this object holds it already.
    ///
    /// A child that a killed runner was about to start holds the lock for a moment, so a refusal counts only if it lasts. A file
    /// system without such locks refuses nobody.
    package func take() async throws -> Bool {
        for _ in 0..<200 {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        return false
    }

    /// Releases the lock.
    package func release() { _ = flock(descriptor, LOCK_UN) }

    /// Whether no process on this machine holds it; nil if other machines may see the directory.
    package static func isFree(_ file: URL) -> Bool? {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        defer { if descriptor >= 0 { close(descriptor) } }
        guard descriptor >= 0, !FileSystem.isShared(descriptor) else { return nil }
        return flock(descriptor, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK
    }
}
