import Foundation
import ModelLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Hub
@testable import JobSpecs
@testable import Support

/// The good job with a draft of the hub, and a shell script in place of the Python with huggingface_hub.
private struct FetchJob: ~Copyable {
    static let commit = String(repeating: "c3", count: 20)

    let fixture: SpecFixture

    /// - Parameters:
    ///   - list: the script's response to a request for the files.
    ///   - get: its commands for a request to download.
    init(list: String, get: String = "exit 1") throws {
        let fixture = try SpecFixture()
        try FileManager.default.createDirectory(
            at: fixture.directory.appending(path: "venv/bin"), withIntermediateDirectories: true)
        try fixture.writeJob(
            ("model: models/draft }", "model: Org/Draft }"), ("kind: pocket", "kind: vllm\n  venv: venv"),
            ("token-classification", "judge"))
        let script = """
            #!/bin/sh
            [ -n "$1" ] && echo "startup code that prints"
            case "$2" in *find_spec*) echo; echo 2.4.0; exit;; esac
            cd '\(fixture.directory.path)'
            while read -r line; do
                printf '%s\\n' "$line" >> requests
                case "$line" in
                *'"do":"list"'*) printf '%s\\n' '\(list)';;
                *) \(get);;
                esac
            done
            echo end >> requests
            """
        try Script.write(script, to: fixture.directory.appending(path: "venv/bin/python"))
        self.fixture = fixture
    }

    /// A response with the files of the fixture's draft.
    static func listing(size: Int = 100, _ others: [String] = []) -> String {
        let files = (["config.json", "model.safetensors", "tokenizer.json"] + others).map {
            #"{"name": "\#($0)", "size": \#(size), "blob": "blob-\#($0)"}"#
        }
        return #"{"listed": {"commit": "\#(commit)", "files": [\#(files.joined(separator: ", "))]}}"#
    }

    /// Commands that lay a snapshot down.
    static let download = """
        mkdir -p hub/models--Org--Draft/snapshots/\(commit) hub/models--Org--Draft/refs
        cp models/draft/* hub/models--Org--Draft/snapshots/\(commit); printf \(commit) > hub/models--Org--Draft/refs/main
        echo '{"got": 300}'
        """

    func fetch(_ interruption: Interruption = Interruption()) async throws -> (
        models: [FetchedModel], events: [FetchEvent]
    ) {
        let events = Events()
        let models = try await JobLoader.fetchModels(
            of: fixture.directory.appending(path: "job.yaml"), models: fixture.lookup, interruption: interruption
        ) { event in events.all.withLock { $0.append(event) } }
        return (models, events.all.withLock { $0 })
    }

    private final class Events: Sendable {
        let all = Mutex<[FetchEvent]>([])
    }

    func error() async -> HubError? {
        do {
            _ = try await fetch()
            return nil
        } catch {
            return error as? HubError
        }
    }

    var requests: String {
        String(decoding: FileManager.default.contents(atPath: fixture.path("requests")) ?? Data(), as: UTF8.self)
    }
}

@Suite("The download of models") struct ModelFetchTests {
    @Test("what is needed is downloaded once, with config.json as the last, after saying how much")
    func fetch() async throws {
        let job = try FetchJob(list: FetchJob.listing(["README.md", "pytorch_model.bin"]), get: FetchJob.download)
        let (models, events) = try await job.fetch()
        let model = FetchedModel(
            model: "Org/Draft", revision: "main", commit: FetchJob.commit,
            path: job.fixture.path("hub/models--Org--Draft/snapshots/\(FetchJob.commit)"), files: 3, bytes: 300)
        #expect(models == [model])
        #expect(
            job.requests.contains(#""files":["model.safetensors","tokenizer.json","config.json"]"#), "\(job.requests)")
        guard case .note(let note) = events.first else { throw CocoaError(.coderInvalidValue) }
        #expect(note.contains("3 files") && note.contains("300 B") && note.contains(job.fixture.path("hub")), "\(note)")
        #expect(events.suffix(2) == [.received(300, of: 300), .ended(bytes: 300)])

        // The model is there now: no Python is asked.
        let asked = job.requests
        let again = try await job.fetch()
        #expect(again.models.map(\.path) == models.map(\.path) && again.models.map(\.files) == [0])
        #expect(again.events == [] && job.requests == asked)
    }

    @Test("each way in which the hub refuses has its code, and what helps")
    func refusals() async throws {
        func code(_ failure: String) async throws -> HubError.Code? {
            await (try FetchJob(list: #"{"failed": {\#(failure)}}"#)).error()?.code
        }
        for (why, expected) in [
            ("missing", HubError.Code.missing), ("revision", .revision), ("gated", .access), ("access", .access),
            ("token", .token), ("offline", .unreachable), ("network", .unreachable), ("server", .server),
            ("room", .room),
            ("file", .cache), ("other", .broken), ("import", .broken),
        ] {
            #expect(
                try await code(#""why": "\#(why)", "text": "it said so", "hasToken": true, "status": 403"#) == expected)
        }
        let near = try FetchJob(list: #"{"failed": {"why": "missing", "text": "", "others": ["Org/Drafts", "x/y"]}}"#)
        #expect(await near.error()?.remedy?.contains("Did you mean 'Org/Drafts'?") == true)
    }

    @Test("a Python that is broken is told of with its last words")
    func broken() async throws {
        for (list, get) in [
            ("{no JSON", ""), (FetchJob.listing(), "echo gone >&2; exit 3"), (FetchJob.listing(), "echo '{}'"),
        ] {
            let error = await (try FetchJob(list: list, get: get)).error()
            #expect(error?.code == .broken, "\(String(describing: error))")
            if get.contains("gone") { #expect(error?.summary.contains("gone") == true) }
        }
    }

    @Test("a model that does not fit on the disk, or cannot be served, is refused before it is downloaded")
    func beforeDownloads() async throws {
        let large = try FetchJob(list: FetchJob.listing(size: 1 << 60), get: FetchJob.download)
        #expect(await large.error()?.code == .room)
        #expect(!large.requests.contains("\"get\""))
        let files = #"[{"name": "model-Q4.gguf", "size": 5, "blob": "b"}]"#
        let other = try FetchJob(list: #"{"listed": {"commit": "\#(FetchJob.commit)", "files": \#(files)}}"#)
        #expect(await other.error()?.code == .unusable)
    }

    @Test("without huggingface_hub, the commands to type are printed")
    func withoutPython() async throws {
        let job = try FetchJob(list: "")
        let search = PythonSearch(
            environment: ["PATH": job.fixture.path("nowhere")],
            vllm: VLLMInstallation(venv: job.fixture.path("nowhere")))
        let model = HubModel(
            try #require(HubRepository(.model, named: "Org/Draft")).in(job.fixture.lookup.cache), isFolder: false,
            revision: "v1", pins: nil)
        let error = await #expect(throws: HubError.self) { try await ModelFetch(search: search) { _ in }([model]) }
        #expect(error?.code == .python)
        let command = "hf download Org/Draft --revision v1 --cache-dir \(job.fixture.path("hub"))"
        #expect(error?.remedy?.contains(command) == true, "\(String(describing: error))")
    }

    @Test("an interruption ends the Python and can be continued")
    func interruption() async throws {
        let job = try FetchJob(
            list: FetchJob.listing(), get: #"echo "$$" > pid; echo '{"received": 1}'; while [ -e pid ]; do :; done"#)
        let interruption = Interruption()
        let file = job.fixture.path("pid")
        let watch = Task {
            try await until { FileManager.default.contents(atPath: file)?.last == UInt8(ascii: "\n") }
            interruption.raise(to: .draining)
        }
        await #expect(throws: Interrupted.self) { try await job.fetch(interruption) }
        try await watch.value
        let text = try String(contentsOfFile: file, encoding: .utf8).trimmingCharacters(in: .newlines)
        let pid = try #require(pid_t(text))
        #expect(ProcFS.record(of: pid).map(\.isDead) != false)
    }

    @Test("errors in the spec come before any download")
    func badSpec() async throws {
        let job = try FetchJob(list: FetchJob.listing())
        try job.fixture.writeJob(("name: demo", "nmae: demo"))
        await #expect(throws: SpecErrors.self) { try await job.fetch() }
        #expect(job.requests == "")
    }
}

extension HubRepository {
    fileprivate func `in`(_ cache: HubCache) -> HubFolder { cache.folder(of: self) }
}
