@testable import Datasets
import Foundation
@testable import Hub
@testable import JobSpecs
import ModelLifecycle
@testable import Support
import TestSupport
import Testing

/// From a made-up cache of the Hugging Face libraries, without Python; the hub is in `VLLMTests`.
@Suite("Data sets of the hub and folders like them", .timeLimit(.minutes(5)))
struct HubDatasetTests {
    private static let commit = String(repeating: "a1", count: 20)

    private final class Setup {
        let fixture: SpecFixture
        let cache: DatasetCache
        let hub: HubCache

        init(_ dataset: String) throws {
            fixture = try SpecFixture()
            cache = DatasetCache(directory: URL(filePath: fixture.path("cache/datasets")))
            hub = HubCache(folder: fixture.path("hub"))
            try write(dataset)
        }

        func write(_ dataset: String) throws {
            try fixture.writeJob(("{ name: heldout, path: problems.jsonl }", dataset))
        }

        /// Puts a file into the cache as the Hugging Face libraries do: a link to a blob.
        func add(_ text: String, as file: String, commit: String = commit) throws {
            let folder = fixture.path("hub/datasets--org--set")
            let blob = "\(folder)/blobs/\(SHA256.hex(text))", link = "\(folder)/snapshots/\(commit)/\(file)"
            for path in [blob, link, folder + "/refs/main"] {
                try Folder.make((path as NSString).deletingLastPathComponent)
            }
            try Data(text.utf8).write(to: URL(filePath: blob))
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: blob)
            try Data(commit.utf8).write(to: URL(filePath: folder + "/refs/main"))
        }

        var file: URL { URL(filePath: fixture.path("job.yaml")) }

        func fetch(settings: [String] = []) async -> String {
            do {
                try await JobLoader.fetchDatasets(
                    of: file, settings: settings, into: cache, hubCache: hub, retries: RetryPolicy(attempts: 1),
                    findPython: { _ in nil })
                return "fetched"
            } catch {
                return plain("\(error)")
            }
        }

        func load() throws -> LoadedJob { try JobLoader.load(file, cache: cache) }

        /// The questions, or what is wrong.
        func said() -> String {
            do throws(SpecErrors) {
                let job = try JobLoader.load(file, cache: cache)
                return job.problems.values.flatMap { $0 }.map(\.question).joined(separator: " ")
            } catch {
                return plain(error.description)
            }
        }

        private func plain(_ text: String) -> String { text.replacing(fixture.directory.path + "/", with: "") }
    }

    private static func lines(_ questions: String...) -> String {
        questions.map { #"{"question": "\#($0)", "answer": "1", "level": 2}"# + "\n" }.joined()
    }

    @Test("a split in the cache is used, copied, pinned, and then read without that cache")
    func split() async throws {
        let setup = try Setup("{ name: d, path: hf://datasets/org/set }")
        try setup.add(Self.lines("a", "b"), as: "test.jsonl")
        try setup.add(Self.lines("c"), as: "train.jsonl")
        #expect(setup.said().contains("hf://datasets/org/set is not in the cache"))
        #expect(await setup.fetch() == "fetched")
        try FileManager.default.removeItem(atPath: setup.hub.folder)
        #expect(await setup.fetch() == "fetched")
        let job = try setup.load()
        #expect(job.problems["d"]?.map(\.question) == ["a", "b"])
        let spec = job.spec.datasets[0]
        #expect([spec.config, spec.split, spec.revision] == ["default", "test", Self.commit])
        #expect(job.warnings.map(\.line) == [11])
        #expect(job.warnings[0].message.names("revision", Self.commit))
        let origin = try #require(job.origins["d"])
        #expect(
            origin.commit == Self.commit
                && origin.files == [.init(name: "test.jsonl", sha256: SHA256.hex(Self.lines("a", "b")))])

        try setup.fixture.write(job.spec.renderYAML(), to: "job.yaml")
        #expect(try setup.load().warnings == [])
        #expect(try setup.load().spec == job.spec)
    }

    @Test("the pin is a key of its own, or where the revision is")
    func pins() async throws {
        for (dataset, pinned) in [
            ("{ name: d, path: hf://datasets/org/set }", "{ name: d, path: hf://datasets/org/set, revision: COMMIT }"),
            (
                "{ name: d, revision: main, path: hf://datasets/org/set }",
                "{ name: d, revision: COMMIT, path: hf://datasets/org/set }"
            ),
            (
                "{ name: d, path: \"hf://datasets/org/set@main/test.jsonl\" }",
                "{ name: d, path: \"hf://datasets/org/set@COMMIT/test.jsonl\" }"
            ),
        ] {
            let setup = try Setup(dataset)
            try setup.add(Self.lines("a"), as: "test.jsonl")
            #expect(await setup.fetch() == "fetched")
            let before = try String(contentsOf: setup.file, encoding: .utf8)
            try JobPins(of: setup.file, cache: setup.cache).write()
            let wanted = pinned.replacing("COMMIT", with: Self.commit)
            #expect(try String(contentsOf: setup.file, encoding: .utf8) == before.replacing(dataset, with: wanted))
            #expect(try setup.load().warnings == [])
            #expect(try JobPins(of: setup.file, cache: setup.cache).words == [])
        }
    }

    @Test("another commit in the cache is not used before the first is gone or another is named")
    func moved() async throws {
        let setup = try Setup("{ name: d, path: hf://datasets/org/set }")
        try setup.add(Self.lines("a"), as: "test.jsonl")
        #expect(await setup.fetch() == "fetched")
        let later = String(repeating: "b2", count: 20)
        try setup.add(Self.lines("z"), as: "test.jsonl", commit: later)
        #expect(await setup.fetch() == "fetched")
        #expect(setup.said() == "a")
        try setup.write("{ name: d, path: hf://datasets/org/set, revision: \(later) }")
        #expect(await setup.fetch() == "fetched")
        #expect(setup.said() == "z")
    }

    @Test("without Python and without the files, the error has the command to type")
    func noPython() async throws {
        let setup = try Setup("{ name: d, path: hf://datasets/org/set }")
        let said = await setup.fetch()
        #expect(
            said.hasPrefix(
                "job.yaml:11:22: error: org/set is a data set of the hub, which needs a Python with huggingface_hub"),
            "\(said)")
        try setup.add(Self.lines("a"), as: "train.jsonl")
        let partial = await setup.fetch()
        #expect(
            partial.hasPrefix("job.yaml:11:22: error: hf://datasets/org/set: set 'split' to one of train\n"),
            "\(partial)")
    }

    @Test("a file is named with its path")
    func file() async throws {
        let setup = try Setup("{ name: d, path: hf://datasets/org/set/x/a.csv, meta: [] }")
        try setup.add("question,answer\nq,1\n", as: "x/a.csv")
        #expect(await setup.fetch() == "fetched")
        #expect(setup.said() == "q")
        try setup.write("{ name: d, path: hf://datasets/org/set/x/b.csv }")
        #expect(await setup.fetch().contains("org/set has no file x/b.csv; did you mean 'x/a.csv'?"))
        try setup.write("{ name: d, path: hf://datasets/org/set/x/a.csv, sha256: \(SHA256.hex("")), revision: main }")
        #expect(setup.said().contains("it is a different file"))
    }

    @Test("a folder has splits as a repository does, and its lines are read one file after the other")
    func folder() async throws {
        let setup = try Setup("{ name: d, path: data, split: validation }")
        for folder in ["data/dev", "data/test", "data/.cache"] { try Folder.make(setup.fixture.path(folder)) }
        try setup.fixture.write(String(Self.lines("a").dropLast()), to: "data/dev/1.jsonl")
        try setup.fixture.write(Self.lines("b"), to: "data/dev/2.jsonl")
        try setup.fixture.write("no", to: "data/.cache/dev.jsonl")
        try setup.fixture.write("question,answer\nq,1\n", to: "data/test/1.csv")
        #expect(await setup.fetch() == "fetched")
        #expect(setup.said() == "a b")
        #expect(try setup.load().warnings == [])
        #expect(try setup.load().origins["d"]?.files.map(\.name) == ["dev/1.jsonl", "dev/2.jsonl"])
        try setup.write("{ name: d, path: data }")
        #expect(setup.said() == "q")
        try setup.fixture.write("question,answer\nq,1\n", to: "data/test/2.csv")
        #expect(setup.said().contains("has 2 files in the format csv, which are not joined"))
        try setup.write("{ name: d, path: data, split: dev }")
        #expect(setup.said().contains("data: there is no split 'dev'; splits: validation, test"))
    }

    @Test("Parquet shards of a folder are converted together")
    func shards() async throws {
        let setup = try Setup("{ name: d, path: data }")
        try Folder.make(setup.fixture.path("data/data"))
        for shard in 0..<2 {
            try setup.fixture.write("PAR\(shard)", to: "data/data/test-0000\(shard)-of-00002.parquet")
        }
        try Script.write(
            #"""
            #!/bin/sh
            out=$3; shift 3
            for file; do echo "{\"question\": \"$(cat "$file")?\", \"answer\": 1}" >>"$out"; done
            echo '{"records": 2, "left_out": []}'
            """#, to: URL(filePath: setup.fixture.path("python")))
        let python = setup.fixture.path("python")
        try await JobLoader.fetchDatasets(
            of: setup.file, into: setup.cache, hubCache: setup.hub, findPython: { _ in python })
        #expect(setup.said() == "PAR0? PAR1?")
        try FileManager.default.removeItem(atPath: setup.fixture.path("data/data/test-00000-of-00002.parquet"))
        #expect(setup.said().contains("data: only 1 of 2 files such as data/test-00001-of-00002.parquet are there"))
    }
}
