import Foundation

extension RunDirectory {
    /// Checks that nothing stands in the way of files that are written later.
    ///
    /// - Throws: ``DamagedRun``.
    package func checkPlaces() throws(DamagedRun) {
        for place in [url, journal.deletingLastPathComponent(), logs] {
            var status = stat()
            guard lstat(place.path, &status) == 0 else { continue }
            guard stat(place.path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
                throw DamagedRun(place, "is not a directory", Self.moveAway)
            }
        }
        for place in [lock, journal, engines, job, manifest, results, problems, summary, summaryTable, report] {
            var status = stat()
            guard lstat(place.path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                throw DamagedRun(place, "is a directory, not a file", Self.moveAway)
            }
            // The other files are replaced as a whole.
            guard [lock, journal, engines].contains(place), status.st_mode & S_IFMT != S_IFREG else { continue }
            throw DamagedRun(
                place,
                status.st_mode & S_IFMT == S_IFLNK
                    ? "is a symbolic link, and its target would be written to" : "is not a regular file",
                Self.moveAway)
        }
    }

    private static let moveAway = "Move it away and run the same command again."
}
