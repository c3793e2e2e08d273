import Foundation
import TestSupport
import Testing

@testable import Decoding
@testable import Hub
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Support

/// The good job with its draft from a cache of the hub.
private struct HubJob: ~Copyable {
    static let first = String(repeating: "a1", count: 20)
    static let second = String(repeating: "b2", count: 20)

    let fixture: SpecFixture

    /// - Parameter model: the keys of the draft in the spec.
    init(_ model: String = "model: Org/Draft") throws {
        let fixture = try SpecFixture()
        try fixture.writeJob(("model: models/draft }", model + " }"))
        self.fixture = fixture
    }

    /// Adds a snapshot: links to the files of one of the fixture's checkpoints.
    func add(_ commit: String, from role: String = "draft", without left: String? = nil) throws {
        let snapshot = fixture.path("hub/models--Org--Draft/snapshots/\(commit)")
        try FileManager.default.createDirectory(atPath: snapshot, withIntermediateDirectories: true)
        let source = fixture.path("models/\(role)")
        for name in try FileManager.default.contentsOfDirectory(atPath: source) where name != left {
            try FileManager.default.createSymbolicLink(
                atPath: snapshot + "/" + name, withDestinationPath: source + "/" + name)
        }
    }

    func point(_ ref: String = "main", to commit: String) throws {
        let file = fixture.directory.appending(path: "hub/models--Org--Draft/refs/\(ref)")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(commit.utf8).write(to: file)
    }

    func load(pins: RunPins? = nil) throws -> LoadedJob {
        let lookup = SpecLookup(cache: fixture.lookup.cache, pins: { _ in pins })
        return try JobLoader.load(fixture.directory.appending(path: "job.yaml"), models: lookup)
    }

    func fault(pins: RunPins? = nil) throws -> String {
        do {
            _ = try load(pins: pins)
            return ""
        } catch let error as SpecErrors {
            return error.description
        }
    }
}

@Suite("Models named as on the hub") struct HubModelTests {
    @Test("a name stands for the snapshot of its revision, and the run is the same as with the files elsewhere")
    func name() throws {
        let plain = SpecIdentity(try SpecFixture().load())
        for (keys, revision) in [
            ("model: Org/Draft", "main"), ("model: Org/Draft, revision: v1.0", "v1.0"),
            ("model: Org/Draft, revision: refs/pr/3", "refs/pr/3"), ("model: Org/Draft, revision: a1a1a1a", "a1a1a1a"),
            ("model: Org/Draft, revision: \(HubJob.first)", HubJob.first), ("model: hub/models--Org--Draft", "main"),
        ] {
            let hub = try HubJob(keys)
            try hub.add(HubJob.first)
            for ref in ["main", "v1.0", "refs/pr/3"] { try hub.point(ref, to: HubJob.first) }
            let job = try hub.load()
            let draft = try #require(job.spec.models[.draft])
            #expect(draft.model == hub.fixture.path("hub/models--Org--Draft/snapshots/\(HubJob.first)"))
            #expect(draft.hub?.pin == ModelPin(name: "Org/Draft", revision: revision, commit: HubJob.first), "\(keys)")
            #expect(draft.title == "Org/Draft")
            #expect(SpecIdentity(job).hash == plain.hash)
            #expect(job.spec.pins.keys.sorted() == ["draft"])
        }
    }

    @Test("a directory beside the spec comes before a name on the hub")
    func directoryFirst() throws {
        let hub = try HubJob("model: models/draft")
        let folder = hub.fixture.path("hub/models--models--draft/snapshots/\(HubJob.first)")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let draft = try #require(try hub.load().spec.models[.draft])
        #expect(draft.hub == nil)
        #expect(draft.model == hub.fixture.path("models/draft"))
    }

    @Test("the spec of the run has the commit, and loads as the same job after the branch has moved")
    func rendering() throws {
        for (keys, name) in [("model: Org/Draft", "Org/Draft"), ("model: hub/models--Org--Draft", nil)] {
            let hub = try HubJob(keys)
            try hub.add(HubJob.first)
            try hub.point(to: HubJob.first)
            let job = try hub.load()
            let yaml = job.spec.renderYAML()
            let model = name ?? hub.fixture.path("hub/models--Org--Draft")
            #expect(yaml.contains("draft: { model: \(model), revision: \(HubJob.first) }"), "\(yaml)")
            try hub.add(HubJob.second, from: "target")
            try hub.point(to: HubJob.second)
            try hub.fixture.write(yaml, to: "job.yaml")
            let again = try hub.load()
            #expect(SpecIdentity(again) == SpecIdentity(job))
            #expect(again.spec.renderYAML() == yaml)
        }
    }

    @Test("a commit of digits alone stays a text in the spec of the run")
    func digits() throws {
        let commit = String(repeating: "12", count: 20)
        for revision in ["main", "\"\(commit)\"", "\"12121212\""] {
            let hub = try HubJob("model: Org/Draft, revision: \(revision)")
            try hub.add(commit)
            try hub.point(to: commit)
            let job = try hub.load()
            try hub.fixture.write(job.spec.renderYAML(), to: "job.yaml")
            #expect(try hub.load().spec.pins["draft"]?.commit == commit)
        }
    }

    @Test("a run goes on with the commit that it was begun with, or says what to fetch")
    func pinned() throws {
        let hub = try HubJob()
        try hub.add(HubJob.first)
        try hub.add(HubJob.second)
        try hub.point(to: HubJob.second)
        func pins(revision: String) -> RunPins {
            RunPins(
                models: [ModelPin(name: "Org/Draft", revision: revision, commit: HubJob.first)],
                spec: "runs/a b/job.yaml")
        }
        #expect(try hub.load(pins: pins(revision: "main")).spec.pins["draft"]?.commit == HubJob.first)
        // The user has asked for another one.
        #expect(try hub.load(pins: pins(revision: "v1")).spec.pins["draft"]?.commit == HubJob.second)
        try FileManager.default.removeItem(atPath: hub.fixture.path("hub/models--Org--Draft/snapshots/\(HubJob.first)"))
        let fault = try hub.fault(pins: pins(revision: "main"))
        #expect(fault.names(HubJob.first, "Org/Draft"), "\(fault)")
        #expect(fault.contains("rsd-batch fetch 'runs/a b/job.yaml'"), "\(fault)")
    }

    @Test("what is missing in the cache is named, with the command that fetches it")
    func incomplete() throws {
        let hub = try HubJob()
        try hub.point(to: HubJob.first)
        try hub.add(HubJob.first, without: "config.json")
        let command = "rsd-batch fetch \(hub.fixture.path("job.yaml"))"
        for name in ["config.json", "tokenizer.json", "model.safetensors"] {
            let snapshot = hub.fixture.path("hub/models--Org--Draft/snapshots/\(HubJob.first)")
            try FileManager.default.removeItem(atPath: snapshot)
            try hub.add(HubJob.first, without: name)
            let fault = try hub.fault()
            #expect(fault.contains(name) && fault.contains("error: "), "\(fault)")
            #expect(fault.contains(command), "\(fault)")
            try FileManager.default.createSymbolicLink(
                atPath: snapshot + "/" + name, withDestinationPath: "../../blobs/gone")
            let dangling = try hub.fault()
            #expect(dangling.contains("lacks \(name)") && dangling.contains(command), "\(dangling)")
        }
    }

    @Test("of files that the library noted and did not download, those count that change what a model writes")
    func listed() throws {
        let hub = try HubJob()
        try hub.point(to: HubJob.first)
        try hub.add(HubJob.first)
        func note(_ names: String...) throws {
            let files = (["config.json", "model.safetensors", "tokenizer.json"] + names).map {
                #""\#($0)": {"size": 1}"#
            }
            let folder = hub.fixture.path("hub/models--Org--Draft/trees")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(#"{"format_version": 1, "files": {\#(files.joined(separator: ","))}}"#.utf8)
                .write(to: URL(filePath: "\(folder)/\(HubJob.first).json"))
        }
        try note("README.md", "requirements.txt", "trainer_state.json", "pytorch_model.bin", "original/tokenizer.json")
        #expect(try hub.load().spec.pins.count == 1)
        try note("generation_config.json")
        #expect(try hub.fault().contains("lacks generation_config.json"))
    }

    @Test("a submission keeps the commits under the revisions that the user's spec names")
    func submission() throws {
        let scratch = try Scratch(inMemory: true)
        let run = RunDirectory(scratch.file("run"))
        try run.create()
        #expect(run.submittedPins == nil)
        let pin = ModelPin(name: "Org/Draft", revision: "main", commit: HubJob.first)
        let submission = Submission(array: "1", merge: nil, shards: 1, submitted: [1], at: "now", models: [pin])
        try AtomicFile.write(json: submission, to: run.submission)
        #expect(run.submittedPins == RunPins(models: [pin], spec: run.job.relativePath))
    }

    @Test("a revision that is not there lists those that are, and an ambiguous commit its meanings")
    func revisions() throws {
        let hub = try HubJob("model: Org/Draft, revision: v2")
        try hub.add(HubJob.first)
        try hub.add("a1a1" + HubJob.second.dropFirst(4))
        try hub.point("v1", to: HubJob.first)
        #expect(try hub.fault().names("v2", "v1", "Org/Draft"))
        try hub.fixture.writeJob(("model: models/draft }", "model: Org/Draft, revision: a1a1 }"))
        #expect(try hub.fault().names("a1a1", HubJob.first, "a1a1" + HubJob.second.dropFirst(4)))
    }

    @Test("two revisions of a model are two engines, also where the cache has neither")
    func engines() throws {
        let hub = try HubJob("model: Org/Draft, revision: v1")
        for (target, count) in [("revision: v2", 2), ("revision: v1", 1)] {
            let job = SpecFixture.job.replacing("{ model: models/draft }", with: "{ model: Org/Draft, revision: v1 }")
                .replacing("{ model: models/target }", with: "{ model: Org/Draft, \(target) }")
                .replacing("- { rsd: { threshold: 0.7 } }", with: "- draft_only")
            try hub.fixture.write(job, to: "job.yaml")
            let loaded = try JobLoader.load(
                hub.fixture.directory.appending(path: "job.yaml"), withModels: false, models: hub.fixture.lookup)
            #expect(JobEngines(loaded.spec).all.count == count)
        }
    }

    @Test("a speculator of the hub is loaded from its snapshot")
    func speculator() throws {
        let hub = try HubJob()
        try hub.add(HubJob.first)
        try hub.point(to: HubJob.first)
        let job = try String(contentsOfFile: hub.fixture.path("job.yaml"), encoding: .utf8)
            .replacing("kind: pocket", with: "kind: vllm").replacing(
                "- target_only", with: "- speculative: { tokens: 3 }"
            )
            .replacing("  - { rsd: { threshold: 0.7 } }\n", with: "")
        try hub.fixture.write(job, to: "job.yaml")
        let spec = try hub.load().spec
        let flag = try #require(spec.models[.speculative]?.args.last?.value)
        #expect(flag.contains(try #require(spec.models[.draft]?.model)), "\(flag)")
        #expect(spec.pins.keys.sorted() == ["draft"])
    }

    @Test("the manifest keeps the commits, and names them where the files of a model differ")
    func manifest() throws {
        let hub = try HubJob()
        try hub.add(HubJob.first)
        try hub.point(to: HubJob.first)
        let job = try hub.load()
        var manifest = Manifest(
            job: "demo", identity: SpecIdentity(job), seed: 7, program: "1", engine: "e", host: "h", created: "now")
        manifest.note(job.spec.pins)
        let run = RunDirectory(hub.fixture.directory.appending(path: "runs/demo/shard-1-of-2"))
        try run.create()
        try manifest.write(to: run.manifest)
        #expect(try Manifest.read(run.manifest)?.hub == job.spec.pins)
        let parent = run.url.deletingLastPathComponent()
        for directory in [run, RunDirectory(parent), RunDirectory(parent.appending(path: "shard-2-of-2"))] {
            #expect(directory.pins?.models == Array(job.spec.pins.values))
        }
        #expect(RunDirectory(hub.fixture.directory.appending(path: "runs/other")).pins == nil)
        #expect(manifest.changes(to: job) == [])

        try FileManager.default.copyItem(
            atPath: hub.fixture.path("models/draft"), toPath: hub.fixture.path("models/other"))
        try hub.fixture.write(
            #"{"architectures": ["Qwen2ForCausalLM"], "hidden_size": 9}"#, to: "models/other/config.json")
        try hub.add(HubJob.second, from: "other")
        try hub.point(to: HubJob.second)
        let changes = manifest.changes(to: try hub.load())
        let moved = SpecIdentity.Change(
            key: "models.draft.model", old: "Org/Draft@\(HubJob.first)", new: "Org/Draft@\(HubJob.second)")
        #expect(changes.contains(moved), "\(changes)")
        // A directory with the same files is the same model.
        #expect(manifest.changes(to: try SpecFixture().load()) == [])
        for pins in [[:], ["draft": ModelPin(name: "Org/Draft", revision: HubJob.first, commit: HubJob.first)]] {
            manifest.note(pins)
            #expect(manifest.hub == job.spec.pins)
        }
    }
}
