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

    /// The names of all links, also of those whose blobs are gone.
    package var links: [String] {
        FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
    }

    /// The commit's files, if `huggingface_hub` noted them (`trees/<commit>.json`, from version 2 on): also those that were never
    /// downloaded.
    package var listed: [HubFile]? {
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
