import Foundation
import Support

/// A file that is open for reading, as the kernel's page cache has it.
final class CachedFile: Sendable {
    /// In bytes.
    let size: Int
    private let path: String
    private let descriptor: Int32
    /// The kernel tells only those who could change a file which of its pages are in memory; to others it says: all.
    private let isOurs: Bool

    /// - Throws: ``FileFailure`` where it cannot be opened, or is no file.
    init(_ path: String) throws(FileFailure) {
        // A pipe would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileFailure(path: path, errno: errno) }
        self.path = path
        self.descriptor = descriptor
        var status = stat()
        let isFile = fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = Int(status.st_size)
        isOurs = status.st_uid == geteuid() || access(path, W_OK) == 0
        guard isFile else { throw FileFailure(path: path, errno: EINVAL) }
    }

    deinit { close(descriptor) }

    /// How many of its pages are not in memory; nil where the kernel does not tell.
    ///
    /// - Parameter offset: a multiple of the size of a page.
    func missingPages(_ offset: Int, _ length: Int) -> Int? {
        guard isOurs, length > 0, let map = mmap(nil, length, PROT_READ, MAP_SHARED, descriptor, offset),
            map != MAP_FAILED
        else { return nil }
        defer { munmap(map, length) }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        var pages = [UInt8](repeating: 0, count: (length + page - 1) / page)
        guard mincore(map, length, &pages) == 0 else { return nil }
        return pages.count { $0 & 1 == 0 }
    }

    /// Reads a part of the file into a buffer, and so into the page cache. `posix_fadvise` would be shorter, but the kernel cuts
    /// what is asked for there to a few hundred KiB without a word, and network file systems need not heed it.
    ///
    /// - Throws: ``FileFailure`` where there is less than that, or it cannot be read.
    func read(_ offset: Int, _ length: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileFailure) {
        var position = offset
        while position < offset + length {
            let count = pread(descriptor, buffer.baseAddress, min(buffer.count, offset + length - position), position)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileFailure(path: path, errno: count < 0 ? errno : EIO) }
            position += count
        }
    }
}
