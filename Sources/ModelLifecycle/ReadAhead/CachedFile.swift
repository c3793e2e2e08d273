import Foundation
import Support

/// A file open for reading, and its pages in the kernel's page cache.
final class CachedFile: Sendable {
    /// In bytes.
    let size: Int
    private let path: String
    private let descriptor: Int32
    /// Only owners of a file learn from the kernel which pages are in memory; for others it reports all.
    private let isOurs: Bool

    /// - Throws: ``FileFailure`` if it cannot be opened, or is not a regular file.
    init(_ path: String) throws(FileFailure) {
        // Opening a pipe would block.
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

    /// Number of its pages that are not in memory; nil if the kernel does not report it.
    ///
    /// - Parameter offset: a multiple of the page size.
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

    /// Reads a part of the file into a buffer and thereby into the page cache. `posix_fadvise` would be simpler, but
    /// the kernel silently limits a request to a few hundred KiB, and network file systems may ignore it.
    ///
    /// - Throws: ``FileFailure`` if the file is shorter or cannot be read.
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
