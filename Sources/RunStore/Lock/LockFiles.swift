import Foundation
import Support

/// The files that record the owner of a run directory: `lock.1`, `lock.2` and so on. The highest number counts.
///
/// A new owner creates the next file. The file system lets only one process do that, also where its locks do not work between
/// machines. A file appears with its owner's data in it, is touched as a heartbeat, and is marked when the owner leaves.
/// Numbers are never reused, so a process that was wrongly considered dead finds a higher one when it resumes.
package struct LockFiles: Sendable {
    /// `lock`; the numbered files lie beside it.
    package let base: URL

    package init(base: URL) {
        self.base = base
    }

    /// The current state of one file.
    package struct Entry: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            case held(LockHolder)
            case released
            /// Damaged, or just created by an earlier version.
            case unreadable
        }

        package var number: Int
        package var content: Content
        /// Modification time in nanoseconds, by the clock of the file server.
        package var touched: Int
    }

    private struct Line: Codable {
        var holder: LockHolder?
        var released: Bool?
    }

    /// The file that counts; nil if there is none.
    ///
    /// - Throws: ``FileFailure``.
    package func last() throws(FileFailure) -> Entry? {
        // A file may be removed between listing the directory and reading it.
        for _ in 0..<100 {
            guard let number = try numbers().max() else { return nil }
            if let entry = try read(number) { return entry }
        }
        throw FileFailure(path: base.path, errno: EBUSY)
    }

    /// Creates the file with this number, complete from the start: a holder that is killed leaves a whole file or none.
    ///
    /// - Returns: its descriptor, or nil if another process was faster.
    /// - Throws: ``FileFailure``; ``DamagedRun`` if the number is too high to be recognised.
    func claim(_ number: Int, for holder: LockHolder) throws -> Int32? {
        guard Name.number(of: "\(number)") == number else {
            throw DamagedRun(
                file(number - 1), "has a number that no run reaches",
                "If no process is working on the run, move it away and run the same command again.")
        }
        let new = base.appendingPathExtension(Self.unborn + holder.token).path
        let descriptor = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: new, errno: errno) }
        do {
            defer { unlink(new) }
            try AtomicFile.writeAll(try JSONEncoder().encode(Line(holder: holder)), to: descriptor, path: new)
            guard fsync(descriptor) == 0 else { throw FileFailure(path: new, errno: errno) }
            // A process that saw an older state of the directory may come after a higher number.
            guard try name(new, descriptor, file(number).path), try numbers().max() == number else {
                if isNamed(descriptor, file(number).path) { unlink(file(number).path) }
                close(descriptor)
                return nil
            }
            for old in try names() where old.number.map({ $0 < number }) ?? old.isUnborn {
                unlink(base.deletingLastPathComponent().appending(path: old.text).path)
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Links a complete file to its name, which only one process can do.
    private func name(_ new: String, _ descriptor: Int32, _ path: String) throws(FileFailure) -> Bool {
        if link(new, path) == 0 { return true }
        switch errno {
        // On a network file system the first reply may have been lost, or the faster process has already cleaned up.
        case EEXIST, ENOENT: return isNamed(descriptor, path)
        case EPERM, ENOSYS, EOPNOTSUPP, EMLINK:
            // The file system has no links. Only the owner of the name may then rename to it.
            let name = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
            guard name >= 0 else {
                if errno == EEXIST { return false }
                throw FileFailure(path: path, errno: errno)
            }
            close(name)
            guard rename(new, path) == 0 else { throw FileFailure(path: path, errno: errno) }
            return true
        default: throw FileFailure(path: path, errno: errno)
        }
    }

    private func isNamed(_ descriptor: Int32, _ path: String) -> Bool {
        var (mine, named) = (stat(), stat())
        return fstat(descriptor, &mine) == 0 && stat(path, &named) == 0
            && (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)
    }

    /// Whether the name still refers to the claimed file; nil if that cannot be checked: the directory may have been moved or
    /// removed, or its file system may be unreachable.
    func stands(_ number: Int, _ descriptor: Int32) -> Bool? {
        var (mine, named) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0 else { return nil }
        guard stat(file(number).path, &named) == 0 else {
            let isGone = errno == ENOENT && access(base.deletingLastPathComponent().path, F_OK) == 0
            return isGone ? false : nil
        }
        return (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)
    }

    /// Marks a file as released by its owner, in a single write that needs no space: the disk may be full, and the owner killed.
    ///
    /// - Parameter descriptor: returned by ``claim(_:for:)``.
    package func release(_ descriptor: Int32) throws {
        var line = try JSONEncoder().encode(Line(released: true))
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(path: base.path, errno: errno) }
        line.append(Data(repeating: UInt8(ascii: " "), count: max(0, Int(status.st_size) - line.count)))
        guard line.withUnsafeBytes({ pwrite(descriptor, $0.baseAddress, $0.count, 0) }) == line.count else {
            throw FileFailure(path: base.path, errno: errno)
        }
    }

    private func file(_ number: Int) -> URL { base.appendingPathExtension("\(number)") }

    private func numbers() throws(FileFailure) -> [Int] { try names().compactMap(\.number) }

    /// A file beside ``base`` whose name begins with its name.
    private struct Name {
        var text: String
        var ending: Substring

        var number: Int? { Self.number(of: ending) }

        /// Leaves room for a next number.
        static func number(of ending: some StringProtocol) -> Int? {
            ending.count <= 15 ? Int(ending).flatMap { $0 > 0 && "\($0)" == ending ? $0 : nil } : nil
        }
        /// Being created, or left by a process that was killed before it could number the file.
        var isUnborn: Bool { ending.hasPrefix(LockFiles.unborn) }
    }

    private static let unborn = "new-"

    /// Opens the directory: network file systems answer lookups of a single name from a cache.
    private func names() throws(FileFailure) -> [Name] {
        let path = base.deletingLastPathComponent().path
        guard let directory = opendir(path) else { throw FileFailure(path: path, errno: errno) }
        defer { closedir(directory) }
        let prefix = base.lastPathComponent + "."
        var names: [Name] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix(prefix) { names.append(Name(text: name, ending: name.dropFirst(prefix.count))) }
        }
        return names
    }

    /// - Returns: nil if it is gone. What is not a regular file, or cannot be parsed, counts as unreadable.
    private func read(_ number: Int) throws(FileFailure) -> Entry? {
        let path = file(number).path
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw FileFailure(path: path, errno: errno)
        }
        var bytes = [UInt8](repeating: 0, count: 4096)
        var count = 0
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if descriptor >= 0 {
            defer { close(descriptor) }
            guard fstat(descriptor, &status) == 0 else { throw FileFailure(path: path, errno: errno) }
            count = pread(descriptor, &bytes, bytes.count, 0)
            guard count >= 0 || errno == EISDIR else { throw FileFailure(path: path, errno: errno) }
        } else if ![ELOOP, EACCES].contains(errno) {
            if errno == ENOENT { return nil }
            throw FileFailure(path: path, errno: errno)
        }
        let line = try? JSONDecoder().decode(Line.self, from: Data(bytes[..<max(0, count)]))
        let content: Entry.Content =
            line?.released == true ? .released : line?.holder.map { .held($0) } ?? .unreadable
        let touched = Int(status.st_mtim.tv_sec).times(1_000_000_000).plus(status.st_mtim.tv_nsec)
        return Entry(number: number, content: content, touched: touched)
    }
}
