import Foundation

/// Follows a journal that another process writes, also while it is replaced or cut: reads only what was added since the last time,
/// and never maps the file, since access to a mapped file that was cut ends the program.
package struct JournalTail: Sendable {
    /// What a read found.
    package struct Addition: Sendable {
        /// Whether the file is another one than before, so that what was read of it no longer counts.
        package var isNew = false
        package var records: [JournalRecord] = []
        /// Number of records before these.
        package var earlier = 0
        /// Whether there may be more to read at once.
        package var hasMore = false
    }

    private struct Identity: Sendable, Equatable {
        var device: UInt64
        var number: UInt64
    }

    private let file: URL
    private var identity: Identity?
    private var contents = JournalContents()
    /// Number of all records read.
    private var count = 0
    /// The last bytes that were read, by which a file that was rewritten in place is noticed.
    private var last = Data()

    /// Bytes that are read at a time.
    private let portion: Int
    private static let mark = 128

    package init(_ file: URL, portion: Int = 16 << 20) {
        self.file = file
        self.portion = portion
    }

    /// Bytes of the valid lines that were read.
    package var length: Int { contents.goodLength }

    /// Reads what was added. A missing file is an empty journal.
    ///
    /// - Throws: ``JournalCorrupt``; ``DamagedRun`` if it is not a regular file or cannot be read.
    package mutating func read() throws -> Addition {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            guard errno == ENOENT || errno == ENOTDIR else { throw unreadable(errno) }
            return begin(nil)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw DamagedRun(file, "is not a regular file", "Restore the file from a copy.")
        }
        let now = Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
        var addition = Addition()
        let before = try bytes(of: descriptor, from: length - last.count, count: last.count)
        if now != identity || Int(status.st_size) < length || before != last { addition = begin(now) }
        try add(from: descriptor, size: Int(status.st_size), to: &addition)
        return addition
    }

    private mutating func begin(_ identity: Identity?) -> Addition {
        let isNew = count > 0
        (self.identity, contents, count, last) = (identity, JournalContents(), 0, Data())
        return Addition(isNew: isNew)
    }

    private mutating func add(from descriptor: Int32, size: Int, to addition: inout Addition) throws {
        addition.earlier = count
        var limit = portion
        while length < size {
            let (before, data) = (length, try bytes(of: descriptor, from: length, count: min(limit, size - length)))
            contents.records = []
            try contents.add(data, of: file)
            guard length > before else {
                // Nothing but the beginning of a line; one that is longer than a portion is read in one piece.
                if before + limit >= size { return }
                limit *= 2
                continue
            }
            let used = data.prefix(length - before)
            last = Data(used.suffix(Self.mark))
            count += contents.records.count
            addition.records = contents.records
            contents.records = []
            addition.hasMore = before + data.count < size
            return
        }
    }

    private func bytes(of descriptor: Int32, from offset: Int, count: Int) throws -> Data {
        var data = Data(count: count)
        var read = 0
        while read < count {
            let result = data.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: read), count - read, off_t(offset + read))
            }
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else { throw unreadable(errno) }
            if result == 0 { break }
            read += result
        }
        return data.prefix(read)
    }

    private func unreadable(_ number: Int32) -> DamagedRun {
        DamagedRun(file, "cannot be read: \(String(cString: strerror(number)))", "Check its permissions.")
    }
}
