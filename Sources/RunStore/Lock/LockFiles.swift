import Foundation
import Support

/// The files that say who holds a run directory: `lock.1`, `lock.2` and so on. The last one counts.
///
/// Whoever takes the directory makes the next file, which the file system lets only one do, also where it has no locks that hold
/// between machines. A file comes to be with its owner's words in it, is touched as a sign of life, and marked when the owner leaves; numbers
/// never come again, so that a process that was taken for gone finds a higher one when it wakes.
package struct LockFiles: Sendable {
    /// `lock`; the others lie beside it.
    package let base: URL

    package init(base: URL) {
        self.base = base
    }

    /// One of the files, as it is now.
    package struct Entry: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            case held(LockHolder)
            case released
            /// It was damaged, or an earlier version had just made it.
            case unreadable
        }

        package var number: Int
        package var content: Content
        /// When it was last touched, in nanoseconds of the clock of whoever keeps the file.
        package var touched: Int
    }

    private struct Line: Codable {
        var holder: LockHolder?
        var released: Bool?
    }

    /// The one that counts; nil where there is none.
    ///
    /// - Throws: ``FileFailure``.
    package func last() throws(FileFailure) -> Entry? {
        // A file may go between the look at the directory and the look at it.
        for _ in 0..<100 {
            guard let number = try numbers().max() else { return nil }
            if let entry = try read(number) { return entry }
        }
        throw FileFailure(path: base.path, errno: EBUSY)
    }

    /// Makes the file with this number, whole from its first moment: a holder that is killed leaves its words or nothing.
    ///
    /// - Returns: its descriptor, or nil where somebody else was quicker.
    /// - Throws: ``FileFailure``; ``DamagedRun`` where the number is so high that nobody would see it.
    func claim(_ number: Int, for holder: LockHolder) throws -> Int32? {
        guard Name.number(of: "\(number)") == number else {
            throw DamagedRun(
                file(number - 1), "has a number that no run comes to",
                "Move it away, if nobody works on the run, and give the same command again.")
        }
        let new = base.appendingPathExtension(Self.unborn + holder.token).path
        let descriptor = open(new, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileFailure(path: new, errno: errno) }
        do {
            defer { unlink(new) }
            try AtomicFile.writeAll(try JSONEncoder().encode(Line(holder: holder)), to: descriptor, path: new)
            guard fsync(descriptor) == 0 else { throw FileFailure(path: new, errno: errno) }
            // One that looked at an older state of the directory may come after a higher one.
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

    /// Gives a finished file its name, which only one can do.
    private func name(_ new: String, _ descriptor: Int32, _ path: String) throws(FileFailure) -> Bool {
        if link(new, path) == 0 { return true }
        switch errno {
        // Over a network the first answer may have been lost; or who was quicker has cleared up.
        case EEXIST, ENOENT: return isNamed(descriptor, path)
        case EPERM, ENOSYS, EOPNOTSUPP, EMLINK:
            // No file system for links. Nobody but an owner of the name may then rename to it.
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

    /// Whether a file that was claimed is still what its name stands for; nil where that cannot be seen, as where the directory
    /// is not there: it may have been moved or removed, or its file system be away for a moment.
    func stands(_ number: Int, _ descriptor: Int32) -> Bool? {
        var (mine, named) = (stat(), stat())
        guard fstat(descriptor, &mine) == 0 else { return nil }
        guard stat(file(number).path, &named) == 0 else {
            let isGone = errno == ENOENT && access(base.deletingLastPathComponent().path, F_OK) == 0
            return isGone ? false : nil
        }
        return (mine.st_dev, mine.st_ino) == (named.st_dev, named.st_ino)
    }

    /// Marks a file as left by its owner, in one stroke and in the room that it has: the disk may be full, and the owner killed.
    ///
    /// - Parameter descriptor: what ``claim(_:for:)`` gave.
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

    /// A file beside ``base`` whose name begins with that one's.
    private struct Name {
        var text: String
        var ending: Substring

        var number: Int? { Self.number(of: ending) }

        /// Not so high that there is no next one.
        static func number(of ending: some StringProtocol) -> Int? {
            ending.count <= 15 ? Int(ending).flatMap { $0 > 0 && "\($0)" == ending ? $0 : nil } : nil
        }
        /// Left by one that was killed before it could give it a number, or just being made.
        var isUnborn: Bool { ending.hasPrefix(LockFiles.unborn) }
    }

    private static let unborn = "new-"

    /// By opening the directory: network file systems answer from memory where only a name is asked for.
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

    /// - Returns: nil where it has gone. What stands there and is no file, or none that can be read, says nothing.
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
