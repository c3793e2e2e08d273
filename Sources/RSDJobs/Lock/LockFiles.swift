import Foundation

/// The files that say who holds a run directory: `lock.1`, `lock.2` and so on. The last one counts.
///
/// Whoever takes the directory makes the next file, which the file system lets only one do, also where it has no locks that hold
/// between machines. A file is written once by its owner, touched as a sign of life, and marked when the owner leaves; numbers
/// never come again, so that a process that was taken for gone finds a higher one when it wakes.
struct LockFiles: Sendable {
    /// `lock`; the others lie beside it.
    let base: URL

    /// One of the files, as it is now.
    struct Entry: Sendable, Equatable {
        enum Content: Sendable, Equatable {
            case held(LockHolder)
            case released
            /// It has just been made, or was torn.
            case unreadable
        }

        var number: Int
        var content: Content
        /// When it was last touched, in nanoseconds of the clock of whoever keeps the file.
        var touched: Int
    }

    private struct Line: Codable {
        var holder: LockHolder?
        var released: Bool?
    }

    /// The one that counts; nil where there is none.
    ///
    /// - Throws: ``FileFailure``.
    func last() throws(FileFailure) -> Entry? {
        // A file may go between the look at the directory and the look at it.
        for _ in 0..<100 {
            guard let number = try numbers().max() else { return nil }
            if let entry = try read(number) { return entry }
        }
        throw FileFailure(path: base.path, errno: EBUSY)
    }

    /// Makes the file with this number.
    ///
    /// - Returns: its descriptor, or nil where somebody else was quicker.
    /// - Throws: ``FileFailure``.
    func claim(_ number: Int, for holder: LockHolder) throws -> Int32? {
        let path = file(number).path
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            if errno == EEXIST { return nil }
            throw FileFailure(path: path, errno: errno)
        }
        do {
            try AtomicFile.writeAll(try JSONEncoder().encode(Line(holder: holder)), to: descriptor, path: path)
            guard fsync(descriptor) == 0 else { throw FileFailure(path: path, errno: errno) }
        } catch {
            // On a full disk, say: nobody is to take it for that of a process that is just coming.
            unlink(path)
            close(descriptor)
            throw error
        }
        do {
            // One that looked at an older state of the directory may come after a higher one.
            guard try numbers().max() == number else {
                unlink(path)
                close(descriptor)
                return nil
            }
            for old in try numbers() where old < number { unlink(file(old).path) }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Marks a file as left by its owner; it takes no room on a disk that may be full.
    ///
    /// - Parameter descriptor: what ``claim(_:for:)`` gave.
    func release(_ descriptor: Int32) throws {
        let line = try JSONEncoder().encode(Line(released: true))
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
            throw FileFailure(path: base.path, errno: errno)
        }
        try AtomicFile.writeAll(line, to: descriptor, path: base.path)
    }

    private func file(_ number: Int) -> URL { base.appendingPathExtension("\(number)") }

    /// By opening the directory: network file systems answer from memory where only a name is asked for.
    private func numbers() throws(FileFailure) -> [Int] {
        let path = base.deletingLastPathComponent().path
        guard let directory = opendir(path) else { throw FileFailure(path: path, errno: errno) }
        defer { closedir(directory) }
        let prefix = base.lastPathComponent + "."
        var numbers: [Int] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(prefix), let number = Int(name.dropFirst(prefix.count)) { numbers.append(number) }
        }
        return numbers
    }

    /// - Returns: nil where it has gone.
    private func read(_ number: Int) throws(FileFailure) -> Entry? {
        let path = file(number).path
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure(path: path, errno: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(path: path, errno: errno) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        guard count >= 0 else { throw FileFailure(path: path, errno: errno) }
        let data = Data(bytes[..<count])
        let line = try? JSONDecoder().decode(Line.self, from: data)
        let content: Entry.Content =
            line?.released == true ? .released : line?.holder.map { .held($0) } ?? .unreadable
        let touched = Int(status.st_mtim.tv_sec) * 1_000_000_000 + status.st_mtim.tv_nsec
        return Entry(number: number, content: content, touched: touched)
    }
}
