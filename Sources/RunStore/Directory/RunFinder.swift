import Foundation

/// Finds the run directories below a folder, for all commands that take folders of runs.
///
/// Runs up to four folders below it are found (`runs/project/sweep/small/a`), and a run has no others inside. Hidden folders are
/// skipped. A link to a run counts, unless the run itself is found, too; other links are not followed, since they may lead in
/// circles.
package struct RunFinder {
    /// Folders between the first one and a run, with the run's own.
    private static let deepest = 4

    private var files: FileManager { .default }

    package init() {}

    /// The folder itself if it is a run; otherwise those below it. A run has no others inside.
    ///
    /// - Throws: ``NoFolder``.
    package func runs(below folder: URL) throws(NoFolder) -> [RunDirectory] {
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: folder.path, isDirectory: &isFolder), isFolder.boolValue else {
            throw NoFolder(path: folder.relativePath)
        }
        var found: [URL] = []
        add(folder, depth: 0, to: &found)
        // Such as `latest`.
        let real = Set(found.map(\.path))
        return found.filter { run in
            let place = run.resolvingSymlinksInPath().path
            return place == run.path || !isLink(run) || !real.contains(place)
        }.map(RunDirectory.init)
    }

    private func add(_ folder: URL, depth: Int, to found: inout [URL]) {
        if isRun(RunDirectory(folder)) { return found.append(folder) }
        guard depth == 0 || depth < Self.deepest && !isLink(folder) else { return }
        let names = (try? files.contentsOfDirectory(atPath: folder.path)) ?? []
        for name in names.sorted() where !name.hasPrefix(".") {
            let place = folder.appending(path: name)
            var isFolder: ObjCBool = false
            guard files.fileExists(atPath: place.path, isDirectory: &isFolder), isFolder.boolValue else { continue }
            add(place, depth: depth + 1, to: &found)
        }
    }

    /// Whether it was begun or submitted, damaged or not.
    private func isRun(_ directory: RunDirectory) -> Bool {
        func exists(_ place: URL) -> Bool { files.fileExists(atPath: place.path) }
        if exists(directory.journal) || exists(directory.submission) { return true }
        if exists(directory.manifest), exists(directory.job) || (try? Manifest.read(directory.manifest)) != nil {
            return true
        }
        return !ShardedRun(directory).present.isEmpty
    }

    private func isLink(_ place: URL) -> Bool {
        (try? files.destinationOfSymbolicLink(atPath: place.path)) != nil
    }
}
