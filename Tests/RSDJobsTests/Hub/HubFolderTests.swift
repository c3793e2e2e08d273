import Foundation
import TestSupport
import Testing

@testable import Hub

/// A cache made by hand, as huggingface_hub lays it out.
struct CacheFixture {
    let scratch: Scratch
    let repository: HubRepository

    init(_ name: String = "Org/Name", kind: HubRepository.Kind = .model) throws {
        scratch = try Scratch(inMemory: true)
        repository = try #require(HubRepository(kind, named: name))
    }

    var cache: HubCache { HubCache(folder: scratch.url.path) }
    var folder: HubFolder { cache.folder(of: repository) }

    func point(_ ref: String, to commit: String) throws {
        try scratch.write(commit, to: "\(repository.folderName)/refs/\(ref)")
    }

    /// Files of a snapshot: links to blobs.
    func add(_ files: [String: String], to commit: String) throws {
        for (name, text) in files {
            let blob = "\(repository.folderName)/blobs/\(commit.prefix(8))-\(name.replacing("/", with: "-"))"
            try scratch.write(text, to: blob)
            try link(name, in: commit, to: scratch.path(blob))
        }
    }

    func link(_ name: String, in commit: String, to blob: String) throws {
        let link = scratch.file("\(repository.folderName)/snapshots/\(commit)/\(name)")
        try FileManager.default.createDirectory(at: link.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: blob)
    }
}

@Suite("A repository in the cache") struct HubFolderTests {
    private let first = String(repeating: "a1", count: 20)
    private let second = String(repeating: "a2", count: 20)

    private func found(_ lookup: HubFolder.Lookup) -> String? {
        if case .found(let snapshot) = lookup { snapshot.commit } else { nil }
    }

    @Test("a branch, a tag, a pull request, a commit and the beginning of a commit lead to a snapshot")
    func lookups() throws {
        let cache = try CacheFixture()
        for commit in [first, second] { try cache.add(["config.json": "{}"], to: commit) }
        try cache.point("main", to: first)
        try cache.point("refs/pr/1", to: second)
        try cache.point("v1.0", to: second + "\n")
        try cache.point("a2a2", to: first)
        let folder = cache.folder
        for (revision, commit) in [
            ("main", first), ("refs/pr/1", second), ("v1.0", second), (second, second), ("a1a1", first),
            ("a1a1a1a", first),
            // A branch of this name comes first.
            ("a2a2", first), ("a2a2a", second),
        ] {
            #expect(found(folder.lookup(revision)) == commit, "\(revision)")
        }
        guard case .found(let snapshot) = folder.lookup("main") else { return }
        #expect(snapshot.path == folder.path + "/snapshots/" + first)
        #expect(snapshot.holds("config.json"))
    }

    @Test("what is not there is told apart")
    func absent() throws {
        let cache = try CacheFixture()
        #expect(cache.folder.lookup("main") == .noRepository)
        try cache.add(["config.json": "{}"], to: first)
        try cache.add(["config.json": "{}"], to: "a1b" + first.dropFirst(3))
        try cache.point("main", to: first)
        try cache.point("gone", to: second)
        try cache.point("empty", to: "")
        try cache.point("outside", to: "../../elsewhere")
        for revision in ["v2", "gone", "empty", "outside", second, "../main", "a1", "b1b1"] {
            #expect(cache.folder.lookup(revision) == .noRevision(known: ["main"]), "\(revision)")
        }
        try cache.add(["config.json": "{}"], to: "a1a1a1a1" + String(repeating: "0", count: 32))
        let meant = ["a1a1a1a1" + String(repeating: "0", count: 32), first]
        #expect(cache.folder.lookup("a1a1") == .ambiguous(meant))
    }

    @Test("a repository's own folder is recognised by its name and what it contains")
    func ownFolder() throws {
        let cache = try CacheFixture()
        #expect(HubFolder(path: cache.folder.path) == nil)
        try cache.add(["config.json": "{}"], to: first)
        #expect(HubFolder(path: cache.folder.path) == cache.folder)
        #expect(HubFolder(path: cache.folder.path + "/snapshots") == nil)
    }

    @Test("a snapshot tells its links, also those without a blob, and what the commit has if that was noted")
    func snapshots() throws {
        let cache = try CacheFixture()
        try cache.add(["config.json": "{}", "sub/a.py": ""], to: first)
        try cache.link("tokenizer.json", in: first, to: "../../blobs/gone")
        guard case .found(let snapshot) = cache.folder.lookup(first) else { throw CocoaError(.fileNoSuchFile) }
        #expect(Set(snapshot.links).isSuperset(of: ["config.json", "sub/a.py", "tokenizer.json"]))
        #expect(snapshot.holds("sub/a.py") && !snapshot.holds("tokenizer.json"))
        #expect(snapshot.listed == nil)
        let tree = #"{"format_version": 1, "files": {"config.json": {"size": 2}, "model.safetensors": {"size": 9}}}"#
        try cache.scratch.write(tree, to: "\(cache.repository.folderName)/trees/\(first).json")
        #expect(snapshot.listed.map { Set($0.map(\.name)) } == ["config.json", "model.safetensors"])
        try cache.scratch.write("{", to: "\(cache.repository.folderName)/trees/\(first).json")
        #expect(snapshot.listed == nil)
    }
}
