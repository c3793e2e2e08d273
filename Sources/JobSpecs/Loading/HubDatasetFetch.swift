import Datasets
import Foundation
import Hub
import Support

/// Brings a split of a data set of the hub into the cache, by way of the cache of the Hugging Face libraries.
struct HubDatasetFetch: Sendable {
    /// Limit in bytes for the files of a split, which are read as a whole.
    private static let largest = 1 << 30

    let store: DatasetStore
    let hubCache: HubCache
    let find: FindPython
    let observe: @Sendable (FetchEvent) -> Void

    /// The files of a split, and the folder that has them.
    private struct Snapshot {
        var commit: String
        var folder: String
        var choice: HubLayout.Choice
    }

    /// - Throws: ``Unreadable``, ``HubError``, ``FileFailure``, ``SpawnError``; `CancellationError`.
    func fetch(_ hub: HubDatasetName, _ spec: DatasetSpec) async throws {
        guard let repository = HubRepository(.dataset, named: hub.repository) else {
            throw Unreadable(message: "\(quoted(hub.repository)) is not the name of a data set on the hub")
        }
        observe(.began(dataset: spec.name, address: spec.path))
        let revision = store.commit(of: hub, spec) ?? spec.revision ?? HubRevision.standard
        let snapshot = try await snapshot(of: repository, revision: revision, hub, spec)
        let bytes = try keep(snapshot, hub, spec)
        observe(.ended(bytes: bytes))
    }

    private func snapshot(
        of repository: HubRepository, revision: String, _ hub: HubDatasetName, _ spec: DatasetSpec
    ) async throws -> Snapshot {
        do {
            guard let python = try await find("huggingface_hub") else { throw try await noLibrary(for: repository) }
            return try await HubProcess.with(python) { process in
                try await download(repository, revision: revision, hub, spec, process)
            }
        } catch let error as HubError where error.code == .unreachable || error.code == .python {
            // What the cache has may be enough.
            guard let snapshot = try local(repository, revision: revision, hub, spec) else { throw error }
            return snapshot
        }
    }

    private func download(
        _ repository: HubRepository, revision: String, _ hub: HubDatasetName, _ spec: DatasetSpec,
        _ process: HubProcess
    ) async throws -> Snapshot {
        let listing = try await process.list(repository, revision: revision)
        let folder = hubCache.folder(of: repository).path + "/snapshots/" + listing.commit
        func get(_ files: [HubFile]) async throws {
            let total = files.reduce(0) { $0 + $1.size }
            try await process.get(files, of: repository, revision: revision, commit: listing.commit, into: hubCache) {
                observe(.received(min($0, total), of: total))
            }
        }
        let readme = listing.files.filter { $0.name == "README.md" && hub.file == nil }
        if !readme.isEmpty { try await get(readme) }
        let choice = try choice(from: listing.files.map(\.name), in: folder, isPartial: false, hub, spec)
        let files = listing.files.filter { choice.files.contains($0.name) }
        let bytes = files.reduce(0) { $0 + $1.size }
        guard bytes <= Self.largest else {
            throw Unreadable(
                message:
                    "the split '\(choice.split)' of \(spec.path) has \(bytes >> 20) MiB, more than the \(Self.largest >> 20) "
                    + "that a data set may have; name one of its files in 'path', as in \(spec.path)/\(choice.files[0])"
            )
        }
        try await get(files)
        return Snapshot(commit: listing.commit, folder: folder, choice: choice)
    }

    /// What the cache has of a revision; nil if that is not enough.
    private func local(
        _ repository: HubRepository, revision: String, _ hub: HubDatasetName, _ spec: DatasetSpec
    ) throws(Unreadable) -> Snapshot? {
        guard case .found(let snapshot) = hubCache.folder(of: repository).lookup(revision) else { return nil }
        let names = try Folder.files(below: snapshot.path).filter(snapshot.holds)
        guard !names.isEmpty else { return nil }
        let choice = try choice(from: names, in: snapshot.path, isPartial: true, hub, spec)
        return Snapshot(commit: snapshot.commit, folder: snapshot.path, choice: choice)
    }

    private func choice(
        from names: [String], in folder: String, isPartial: Bool, _ hub: HubDatasetName, _ spec: DatasetSpec
    ) throws(Unreadable) -> HubLayout.Choice {
        if let file = hub.file {
            guard names.contains(file) else {
                throw Unreadable(
                    message: "\(hub.repository) has no file \(file)"
                        + suggestion(for: file, among: names, listedAs: "files:"))
            }
            return HubLayout.Choice(config: "", split: "", files: [file], format: spec.resolvedFormat)
        }
        let readme = FileManager.default.contents(atPath: folder + "/README.md")
        do throws(Unreadable) {
            let layout = try HubLayout(
                files: names, readme: readme.map { String(decoding: $0, as: UTF8.self) }, isPartial: isPartial)
            return try layout.choice(config: spec.config, split: spec.split, format: spec.format)
        } catch {
            throw Unreadable(message: "\(spec.path): \(error.message)")
        }
    }

    /// Copies the files into the cache, with records under the spec's own words and under those of a run's spec.
    ///
    /// - Returns: bytes of the files.
    private func keep(_ snapshot: Snapshot, _ hub: HubDatasetName, _ spec: DatasetSpec) throws -> Int {
        var files: [DatasetCache.Record.File] = []
        var bytes = 0
        for name in snapshot.choice.files {
            let path = snapshot.folder + "/" + name
            guard let data = DatasetStore.read(path) else { throw Unreadable(path) }
            let sum = try DatasetStore.check(
                data, is: name, sha256: snapshot.choice.files.count == 1 ? spec.sha256 : nil)
            try store.cache.keep(data, sum)
            files.append(.init(name: name, sha256: sum))
            bytes += data.count
        }
        var resolved = spec
        if hub.file == nil { (resolved.config, resolved.split) = (snapshot.choice.config, snapshot.choice.split) }
        for spec in [spec, resolved] {
            try store.cache.keep(
                .init(
                    source: HubDatasetKey(hub, spec, commit: snapshot.commit).source, files: files,
                    commit: snapshot.commit, config: resolved.config, split: resolved.split))
        }
        let revision = spec.revision ?? HubRevision.standard
        try store.cache.keep(
            .init(source: HubDatasetKey.source(of: hub, revision: revision), files: [], commit: snapshot.commit))
        return bytes
    }

    private func noLibrary(for repository: HubRepository) async throws -> HubError {
        let command = "hf download --repo-type dataset \(repository.name)"
        guard let python = try await find("sys") else {
            return HubError(
                .python, "\(repository.name) is a data set of the hub, which needs a Python with huggingface_hub",
                remedy: "Install both, or run scripts/setup-vllm, whose environment has them.")
        }
        return HubError(
            .python, "\(repository.name) is a data set of the hub, which needs a Python with huggingface_hub",
            remedy:
                "Install it with `\(python) -m pip install huggingface_hub`, or download the data set with `\(command)`."
        )
    }
}
