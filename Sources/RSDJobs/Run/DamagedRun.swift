import Foundation

/// A file of a run directory that is gone, damaged, or another run's.
package struct DamagedRun: Error, Equatable, CustomStringConvertible {
    package var file: String
    /// What is wrong with it: the rest of a sentence that begins with the file.
    package var fault: String
    /// What to do about it, in whole sentences.
    package var remedy: String

    package var description: String { "\(file) \(fault). Nothing was changed. \(remedy)" }

    init(_ file: URL, _ fault: String, _ remedy: String) {
        self.file = file.path
        self.fault = fault
        self.remedy = remedy
    }
}

extension RunDirectory {
    /// What a file of a run holds; nil where nothing stands in its place.
    ///
    /// - Throws: ``DamagedRun`` where what stands there is no file, or none that can be read.
    static func contents(of file: URL) throws(DamagedRun) -> Data? {
        func damaged(_ fault: String) -> DamagedRun {
            DamagedRun(
                file, fault,
                "Put the file back from a copy, or move it away and give the command that made it once more.")
        }
        var status = stat()
        guard lstat(file.path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
        guard stat(file.path, &status) == 0 else { throw damaged("is a link to nothing") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw damaged(status.st_mode & S_IFMT == S_IFDIR ? "is a directory" : "is no file")
        }
        do {
            return try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw damaged("cannot be read: \(String(cString: strerror(errno)))")
        }
    }

    /// Sees to it before anything is done that nothing stands where a file is to be written later.
    ///
    /// - Throws: ``DamagedRun``.
    func checkPlaces() throws(DamagedRun) {
        for place in [url, journal.deletingLastPathComponent(), logs] {
            var status = stat()
            guard lstat(place.path, &status) == 0 else { continue }
            guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw DamagedRun(place, "is no directory, and one has to be there", Self.moveAway)
            }
        }
        for place in [lock, journal, engines, job, manifest, results, summary, summaryTable, report] {
            var status = stat()
            guard lstat(place.path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                throw DamagedRun(place, "is a directory, not a file", Self.moveAway)
            }
            // The others are replaced as a whole.
            guard [lock, journal, engines].contains(place), status.st_mode & S_IFMT != S_IFREG else { continue }
            throw DamagedRun(
                place,
                status.st_mode & S_IFMT == S_IFLNK
                    ? "is a link, and what it names would be written to" : "is no file",
                Self.moveAway)
        }
    }

    private static let moveAway = "Move it away and give the same command again."
}
