import Foundation
import Support

/// The folder of one repository in a cache: `refs` name commits, and `snapshots` have a folder of links to `blobs` for each commit.
package struct HubFolder: Sendable, Hashable {
    package let repository: HubRepository
    package let path: String

    package init(_ repository: HubRepository, path: String) {
        self.repository = repository
        self.path = path
    }

    /// - Returns: nil if this is not the path of such a folder.
    package init?(path: String) {
        guard let repository = HubRepository(folder: URL(filePath: path).lastPathComponent),
            Folder.isFolder(path + "/snapshots") || Folder.isFolder(path + "/refs")
        else { return nil }
        self.init(repository, path: path)
    }

    package enum Lookup: Sendable, Equatable {
        case found(HubSnapshot)
        /// Nothing of the repository is in the cache.
        case noRepository
        /// The repository's branches and tags that are in the cache.
        case noRevision(known: [String])
        /// The beginning of several commits.
        case ambiguous([String])
    }

    /// Finds what `snapshot_download(local_files_only=True)` of `huggingface_hub` finds, and commits by their beginning.
    package func lookup(_ revision: String) -> Lookup {
        guard let commits = try? FileManager.default.contentsOfDirectory(atPath: snapshots) else {
            return .noRepository
        }
        let commit = HubRevision.isCommit(revision) ? revision : ref(revision)
        if let commit { return snapshot(commit).map(Lookup.found) ?? .noRevision(known: refs) }
        if HubRevision.mayAbbreviate(revision) {
            let meant = commits.filter { $0.hasPrefix(revision) }.sorted()
            if meant.count > 1 { return .ambiguous(meant) }
            if let snapshot = meant.first.flatMap(snapshot) { return .found(snapshot) }
        }
        return .noRevision(known: refs)
    }

    private var snapshots: String { path + "/snapshots" }

    /// Where the files of a commit are, or will be.
    package func path(of commit: String) -> String { snapshots + "/" + commit }

    /// Whether a file of a commit was downloaded, for this commit or another.
    package func holds(_ file: HubFile, of commit: String) -> Bool {
        let blob = file.blob.map { FileManager.default.fileExists(atPath: "\(path)/blobs/\($0)") } ?? false
        return blob || FileManager.default.fileExists(atPath: path(of: commit) + "/" + file.name)
    }

    private func snapshot(_ commit: String) -> HubSnapshot? {
        let folder = path(of: commit)
        return Folder.isFolder(folder) ? HubSnapshot(self, commit: commit, path: folder) : nil
    }

    /// The commit of a branch or tag.
    private func ref(_ name: String) -> String? {
        guard HubRevision.isValid(name), let data = FileManager.default.contents(atPath: "\(path)/refs/\(name)"),
            data.count <= 256
        else { return nil }
        let commit = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        // The name of one folder, wherever the file came from.
        return commit.isEmpty || commit.hasPrefix(".") || commit.contains("/") ? nil : commit
    }

    /// The branches and tags whose snapshots are in the cache.
    private var refs: [String] {
        let names = FileManager.default.enumerator(atPath: path + "/refs")?.compactMap { $0 as? String } ?? []
        return names.filter { ref($0).flatMap(snapshot) != nil }.sorted()
    }
}
