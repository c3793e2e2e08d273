import Foundation
import RunnerSupport
import TestSupport
import Testing

@testable import Hub
@testable import JobSpecs
@testable import ModelLifecycle
@testable import RunStore

/// Models by their names on the hub, with the `huggingface_hub` of vLLM's environment and a stand-in of the hub on loopback.
@Suite(.onRealVLLM) struct HubTests {
    /// What `snapshot_download(local_files_only=True)` finds of revisions, a line each: a commit, or nothing.
    private static func finds(_ revisions: [String], of name: String = "Toy/draft") -> String {
        """
        import os
        from huggingface_hub import snapshot_download
        for revision in \(revisions):
            try: print("->" + os.path.basename(snapshot_download("\(name)", revision=revision, local_files_only=True)))
            except Exception: print("->")
        """
    }

    private func lines(_ output: String) -> [String] {
        output.split(separator: "\n").filter { $0.hasPrefix("->") }.map { String($0.dropFirst(2)) }
    }

    @Test("a model is fetched once, found by Python's library, and run without a network") func fetch() async throws {
        let hub = try await LocalHub()
        try hub.write(methods: "[draft_only, { rsd: { threshold: 0.7 } }]")
        let checked = try await hub.run("validate")
        #expect(
            checked.code == 2 && checked.messages.contains("rsd-batch fetch \(hub.file("job.yaml").path)"), "\(checked)"
        )
        #expect(try hub.requests() == [])

        let fetched = try await hub.run("fetch")
        #expect(fetched.code == 0, "\(fetched.messages)")
        #expect(fetched.messages.contains(#/3 models to fetch: 14 files, 8\.\d+ MB/#), "\(fetched.messages)")
        let asked = try hub.requests()
        #expect(asked.contains { $0.hasPrefix("GET") && $0.hasSuffix("model.safetensors -") })
        #expect(!asked.contains { $0.contains("README.md") || $0.contains("pytorch_model.bin") }, "\(asked)")
        let python = lines(try await hub.ask(Self.finds(["main", LocalHub.first])))
        #expect(python == [LocalHub.first, LocalHub.first])

        await hub.stop()
        let again = try await hub.run("fetch", ["--json"])
        #expect(again.code == 0 && again.messages == "", "\(again)")
        let run = try await hub.run("run", ["--run-dir", hub.file("run").path])
        #expect(run.code == 0, "\(run.messages)")
        #expect(try Manifest.read(RunDirectory(hub.file("run")).manifest)?.hub?.count == 3)
        let plan = try await hub.run("plan")
        #expect(plan.code == 0, "\(plan.messages)")
    }

    @Test("a run goes on with its commit after the branch has moved, and otherwise says what to fetch")
    func movedBranch() async throws {
        let hub = try await LocalHub()
        let directory = hub.file("run")
        let run = try await hub.run("run", ["--fetch", "--run-dir", directory.path])
        #expect(run.code == 0, "\(run.messages)")
        let results = try Data(contentsOf: RunDirectory(directory).results)

        try hub.move("draft", to: "target")
        _ = try await hub.ask("import huggingface_hub as h; h.snapshot_download('Toy/draft')")
        let other = try await hub.run("validate", ["--json"])
        #expect(other.output.contains(LocalHub.second), "\(other)")
        let resumed = try await hub.run("run", ["--run-dir", directory.path])
        #expect(resumed.code == 0, "\(resumed.messages)")
        #expect(try Data(contentsOf: RunDirectory(directory).results) == results)

        try FileManager.default.removeItem(atPath: "\(hub.cache)/models--Toy--draft/snapshots/\(LocalHub.first)")
        let lost = try await hub.run("run", ["--run-dir", directory.path])
        #expect(
            lost.code == 2 && lost.messages.contains("rsd-batch fetch \(directory.path)/job.yaml"), "\(lost.messages)")
        let fetch = try hub.start(["fetch", directory.path + "/job.yaml"])
        #expect(await fetch.exitCode() == 0, "\(fetch.standardError)")
        let found = try await hub.run("run", ["--run-dir", directory.path])
        #expect(found.code == 0, "\(found.messages)")
        // The branch stays where it was.
        #expect(lines(try await hub.ask(Self.finds(["main"]))) == [LocalHub.second])
    }

    @Test(
        "an interrupted fetch leaves no process and no rubbish, and the next one continues",
        arguments: [SIGINT, SIGKILL])
    func interruption(signal: Int32) async throws {
        let hub = try await LocalHub()
        try hub.set("hold", true)
        let fetch = try hub.start(["fetch", hub.file("job.yaml").path])
        #expect(await fetch.reached { hub.log.contains("model.safetensors") && hub.log.contains("SENT") })
        let small = "\(hub.cache)/models--Toy--draft/snapshots/\(LocalHub.first)/tokenizer.json"
        try await until {
            hub.log.contains(#/SENT \d+ model\.safetensors/#) && FileManager.default.fileExists(atPath: small)
        }
        let child = try #require(ProcFS.all().first { $0.parent == fetch.pid })
        fetch.send(signal)
        #expect(await fetch.exitCode() == (signal == SIGKILL ? 128 + SIGKILL : 75), "\(fetch.standardError)")
        func isGone() -> Bool {
            ProcFS.record(of: child.pid).map { $0.isDead || $0.startTime != child.startTime } != false
        }
        if signal == SIGKILL { try await until { isGone() } }
        #expect(isGone())
        #expect(lines(try await hub.ask(Self.finds(["main"]))) == [""])
        let version = try await hub.ask("import huggingface_hub; print(huggingface_hub.__version__)")
        if !version.hasPrefix("0.") {
            let blobs = try FileManager.default.contentsOfDirectory(atPath: "\(hub.cache)/models--Toy--draft/blobs")
            #expect(!blobs.contains { $0.hasSuffix(".incomplete") }, "\(blobs)")
        }
        let checked = try await hub.run("validate")
        #expect(checked.code == 2 && checked.messages.contains("rsd-batch fetch"), "\(checked.messages)")

        _ = try hub.requests()
        try hub.set("hold", false)
        let again = try await hub.run("fetch")
        #expect(again.code == 0, "\(again.messages)")
        let asked = try hub.requests()
        #expect(!asked.contains { $0.hasPrefix("GET") && $0.contains("tokenizer.json") }, "\(asked)")
        #expect(lines(try await hub.ask(Self.finds(["main"]))) == [LocalHub.first])
    }

    @Test(
        "no room is found out before the download, or during it, and then continued", .enabled(if: SmallDisk.canBeMade))
    func fullDisk() async throws {
        let hub = try await LocalHub()
        try hub.set("huge", true)
        let before = try await hub.run("fetch")
        #expect(before.code == 6 && before.messages.contains("[hub-room]"), "\(before.messages)")
        #expect(try !hub.requests().contains { $0.hasPrefix("GET /Toy") })
        try hub.set("huge", false)

        // Another program takes what was free when the download began.
        try FileManager.default.createDirectory(atPath: hub.cache, withIntermediateDirectories: true)
        let disk = try SmallDisk(at: URL(filePath: hub.cache), kilobytes: 1 << 10)
        try hub.set("hold", true)
        let fetch = try hub.start(["fetch", hub.file("job.yaml").path])
        #expect(await fetch.reached { hub.log.contains(#/SENT \d+ model\.safetensors/#) })
        let filler = URL(filePath: hub.cache + "/filler")
        try? Data(count: 1 << 20).write(to: filler)
        try hub.set("hold", false)
        #expect(await fetch.exitCode() == 6, "\(fetch.standardError)")
        #expect(fetch.standardError.contains("[hub-room]"), "\(fetch.standardError)")
        #expect(fetch.standardError.contains("No space left on device"), "\(fetch.standardError)")
        try FileManager.default.removeItem(at: filler)
        try disk.grow(kilobytes: 2 << 10)
        let again = try await hub.run("fetch")
        #expect(again.code == 0, "\(again.messages)")
        withExtendedLifetime(disk) {}
    }

    @Test("each refusal of the hub has its code, and none leaves anything behind") func refusals() async throws {
        let hub = try await LocalHub()
        func code(_ draft: String = "model: Toy/draft", _ environment: [String: String] = [:]) async throws -> String {
            try hub.write(draft: draft)
            let fetch = try await hub.run("fetch", environment: environment)
            #expect(fetch.code == 2, "\(fetch.messages)")
            return fetch.messages.firstMatch(of: /\[([a-z-]+)\]/).map { String($0.1) } ?? fetch.messages
        }
        #expect(try await code("model: Toy/darft") == "hub-missing")
        #expect(try await code("model: Toy/darft", ["HF_TOKEN": "good"]) == "hub-missing")
        #expect(try await code("model: Toy/draft, revision: v2") == "hub-revision")
        #expect(try await code("model: Toy/draft, revision: abcd") == "hub-revision")
        #expect(try await code("model: Toy/draft", ["HF_TOKEN": "stolen"]) == "hub-token")
        #expect(try await code("model: Toy/draft", ["HF_HUB_OFFLINE": "1"]) == "hub-unreachable")
        #expect(try await code("model: Toy/draft", ["HF_ENDPOINT": "http://127.0.0.1:9"]) == "hub-unreachable")
        try hub.set("busy", true)
        #expect(try await code() == "hub-server")
        try hub.set("busy", false)
        try hub.gate("draft")
        #expect(try await code() == "hub-access")
        #expect(!FileManager.default.fileExists(atPath: hub.cache))
        try hub.write()
        let allowed = try await hub.run("fetch", environment: ["HF_TOKEN": "good"])
        #expect(allowed.code == 0, "\(allowed.messages)")
        let shown = try await hub.run("validate")
        #expect(shown.code == 0, "\(shown.messages)")
    }

    @Test("a beginning of a commit is fetched as that commit, and branches with slashes as such") func revisions()
        async throws
    {
        let hub = try await LocalHub()
        for revision in ["c1c1c1c", "my/branch", "v1"] {
            try hub.write(draft: "model: Toy/draft, revision: \(revision)")
            let fetch = try await hub.run("fetch")
            #expect(fetch.code == 0, "\(fetch.messages)")
            let checked = try await hub.run("validate", ["--json"])
            #expect(checked.code == 0 && checked.output.contains(LocalHub.first), "\(checked)")
        }
        #expect(
            lines(try await hub.ask(Self.finds(["my/branch", "v1", "main"]))) == [LocalHub.first, LocalHub.first, ""])
    }

    @Test("the program finds what Python's library finds, and nothing else") func agreement() async throws {
        let hub = try await LocalHub()
        let whole = "import huggingface_hub as h; h.snapshot_download('Toy/draft', revision='my/branch')"
        let places: [[String: String]] = [
            ["HF_HOME": hub.file("a").path], ["HF_HOME": "", "XDG_CACHE_HOME": hub.file("b").path],
            ["HF_HUB_CACHE": hub.file("c").path + "/~x/../hub"], ["HUGGINGFACE_HUB_CACHE": hub.file("d").path],
            ["HF_HOME": "~/hf", "HOME": hub.file("e").path], ["HF_HOME": "${PLACE}/hf", "PLACE": hub.file("f").path],
        ]
        let revisions = [
            "main", "my/branch", "v1", LocalHub.first, LocalHub.second, "c1c1c1c1", "gone", "../main", "my",
        ]
        for place in places {
            var place = place
            if place["XDG_CACHE_HOME"] != nil { place["HF_HOME"] = nil }
            let unset = place["HF_HOME"] == nil && place["XDG_CACHE_HOME"] != nil
            let prologue = unset ? "import os; os.environ.pop('HF_HOME', None)\n" : ""
            _ = try await hub.ask(prologue + whole, environment: place)
            var environment = ProcessInfo.processInfo.environment.merging(hub.environment) { $1 }.merging(place) { $1 }
            if unset { environment["HF_HOME"] = nil }
            let folder = HubCache(environment: environment).folder(
                of: try #require(HubRepository(.model, named: "Toy/draft")))
            try FileManager.default.createDirectory(atPath: folder.path + "/refs", withIntermediateDirectories: true)
            try Data(LocalHub.second.utf8).write(to: URL(filePath: folder.path + "/refs/gone"))
            let found = revisions.map { revision in
                if case .found(let snapshot) = folder.lookup(revision) { snapshot.commit } else { "" }
            }
            var python = lines(try await hub.ask(prologue + Self.finds(revisions), environment: place))
            #expect(python == ["", LocalHub.first, "", LocalHub.first, "", "", "", "", ""], "\(place)")
            // The library does not know the beginnings of commits.
            python[5] = LocalHub.first
            #expect(found == python, "\(place)")
        }
        let snapshot = try await hub.run(
            "validate", ["--set", "models.draft.revision=my/branch"], environment: places[0])
        #expect(snapshot.messages.contains("Toy/draft") == false, "\(snapshot.messages)")
    }
}
