import Checkpoints
import Foundation
import Hub
import ModelLifecycle
import Support

/// A model of the hub after a fetch.
package struct FetchedModel: Sendable, Equatable, Encodable {
    package var model: String
    package var revision: String
    package var commit: String
    /// The directory with its files.
    package var path: String
    /// What was downloaded: nothing if all files were there.
    package var files: Int
    package var bytes: Int
}

/// Downloads models into the cache.
struct ModelFetch {
    let search: PythonSearch
    let observe: @Sendable (FetchEvent) -> Void

    /// What one model lacks.
    private struct Download {
        var model: HubModel
        var listing: HubListing
        /// All files that an engine needs.
        var needed: [HubFile]
        var missing: [HubFile]

        var bytes: Int { missing.reduce(0) { $0.plus($1.size) } }
    }

    /// - Parameter models: those that the cache lacks, or has incompletely.
    /// - Throws: ``HubError``, ``SpawnError``; `CancellationError`. Files that were downloaded whole stay in the cache.
    func callAsFunction(_ models: [HubModel]) async throws -> [FetchedModel] {
        guard let python = try await search.first(with: "huggingface_hub", behind: ["hf", "huggingface-cli"]) else {
            throw HubError.noPython(for: models)
        }
        return try await HubProcess.with(python.python) { hub in
            var downloads: [Download] = []
            for model in models { downloads.append(try await plan(model, hub)) }
            try announce(downloads)
            var fetched: [FetchedModel] = []
            for download in downloads { fetched.append(try await get(download, hub)) }
            return fetched
        }
    }

    private func plan(_ model: HubModel, _ hub: HubProcess) async throws -> Download {
        let listing = try await hub.list(model.folder.repository, revision: model.pinned ?? model.revision)
        if let fault = NeededFiles.fault(of: listing.files) {
            throw HubError(.unusable, "\(model.name) cannot be served: \(fault)")
        }
        let needed = NeededFiles.of(listing.files)
        return Download(
            model: model, listing: listing, needed: needed,
            missing: needed.filter { !model.folder.holds($0, of: listing.commit) })
    }

    /// Reports how much is to be downloaded, and checks that it fits.
    private func announce(_ downloads: [Download]) throws(HubError) {
        // Two revisions of a repository may have files in common.
        func different(_ parts: [Download]) -> [HubFile] {
            var seen: Set<String> = []
            return parts.flatMap { part in
                part.missing.filter { seen.insert("\(part.model.folder.path)/\($0.blob ?? $0.name)").inserted }
            }
        }
        func bytes(_ files: [HubFile]) -> Int { files.reduce(0) { $0.plus($1.size) } }
        let files = different(downloads)
        guard !files.isEmpty, let first = downloads.first else { return }
        for (cache, parts) in Dictionary(grouping: downloads, by: { $0.model.cache }) {
            let bytes = bytes(different(parts))
            let free = DiskSpace.at(cache.folder)?.free
            let names = parts.filter { !$0.missing.isEmpty }.map(\.model.name).joined(separator: ", ")
            guard bytes <= free ?? .max else {
                throw HubError(
                    .room,
                    "\(names) needs \(NumberFormat.bytes(bytes)) more in \(cache.folder), where \(NumberFormat.bytes(free ?? 0)) are free",
                    remedy: "Free some space, or set HF_HOME to a larger disk.")
            }
        }
        observe(
            .note(
                "\(counted(downloads.count { !$0.missing.isEmpty }, "model")) to fetch: \(counted(files.count, "file")), "
                    + "\(NumberFormat.bytes(bytes(files))), into "
                    + first.model.cache.folder))
    }

    private func get(_ download: Download, _ hub: HubProcess) async throws -> FetchedModel {
        let (model, commit) = (download.model, download.listing.commit)
        let all = download.needed.reduce(0) { $0.plus($1.size) }
        if !download.missing.isEmpty {
            observe(.began(dataset: model.name, address: "\(HubError.host()) (\(model.revision), commit \(commit))"))
        }
        // Files that are there only get their link, and count as received.
        try await hub.get(
            download.needed, of: model.folder.repository, revision: model.pinned ?? model.revision, commit: commit,
            into: model.cache
        ) { if !download.missing.isEmpty { observe(.received($0, of: all)) } }
        if !download.missing.isEmpty { observe(.ended(bytes: download.bytes)) }
        return FetchedModel(
            model: model.name, revision: model.revision, commit: commit, path: model.folder.path(of: commit),
            files: download.missing.count, bytes: download.bytes)
    }
}

extension HubModel {
    var cache: HubCache { HubCache(folder: URL(filePath: folder.path).deletingLastPathComponent().path) }
}

extension HubError {
    fileprivate static func noPython(for models: [HubModel]) -> HubError {
        let commands = models.map { model in
            let cache = model.cache == HubCache() ? "" : " --cache-dir \(model.cache.folder.shellWord)"
            return "`hf download \(model.name) --revision \(model.pinned ?? model.revision)\(cache)`"
        }
        return HubError(
            .python,
            "no Python with huggingface_hub was found: not beside vLLM, not as `python3` on PATH, and not behind `hf`",
            remedy:
                "Install it, for example with `python3 -m pip install huggingface_hub`, and run the same command again; or download "
                + "where it is installed: \(commands.joined(separator: ", ")).")
    }
}
