import Foundation

/// The files of a repository at one commit, as far as they are in the cache.
package struct HubSnapshot: Sendable, Hashable {
    package let repository: HubRepository
    package let commit: String
    /// The folder with the files, which are links to blobs.
    package let path: String
    private let root: String

    init(_ folder: HubFolder, commit: String, path: String) {
        repository = folder.repository
        root = folder.path
        self.commit = commit
        self.path = path
    }

    package func holds(_ file: String) -> Bool {
        FileManager.default.fileExists(atPath: path + "/" + file)
    }

    /// Links whose blobs are gone, and files that are missing although `huggingface_hub` noted that the commit has them
    /// (`trees/<commit>.json`, from version 2 on).
    ///
    /// - Parameter needed: of the commit's files, those that must be there.
    package func missing(_ needed: ([HubFile]) -> [HubFile]) -> [String] {
        let links = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        let listed = tree ?? []
        let known = Set(listed.map(\.name))
        return needed(listed + links.filter { !known.contains($0) }.map { HubFile(name: $0, size: 0) })
            .map(\.name).filter { !holds($0) }.sorted()
    }

    /// The commit's files, if they were noted.
    private var tree: [HubFile]? {
        struct Tree: Decodable {
            struct Entry: Decodable { var size: Int }
            var files: [String: Entry]
        }
        guard let data = FileManager.default.contents(atPath: "\(root)/trees/\(commit).json"),
            let tree = try? JSONDecoder().decode(Tree.self, from: data)
        else { return nil }
        return tree.files.map { HubFile(name: $0.key, size: $0.value.size) }
    }
}

/// A file of a repository.
package struct HubFile: Sendable, Hashable, Codable {
    /// Its path in the repository.
    package var name: String
    /// In bytes.
    package var size: Int
    /// The name of its blob in the cache; nil if unknown.
    package var blob: String?

    package init(name: String, size: Int, blob: String? = nil) {
        self.name = name
        self.size = size
        self.blob = blob
    }
}
