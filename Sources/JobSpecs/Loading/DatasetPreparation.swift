import Datasets
import Foundation
import Hub
import ModelLifecycle
import Support

/// Brings into the cache what a data set needs and is not there: its file, and its records as JSON Lines.
struct DatasetPreparation: Sendable {
    let store: DatasetStore
    let hubCache: HubCache
    let retries: RetryPolicy
    let find: FindPython
    let observe: @Sendable (FetchEvent) -> Void

    /// - Throws: ``Unreadable``, ``HubError``, ``FileFailure``, an error of the download; `CancellationError`.
    func prepare(_ spec: DatasetSpec) async throws {
        if let hub = spec.hub {
            if !store.holds(hub, spec) {
                try await HubDatasetFetch(store: store, hubCache: hubCache, find: find, observe: observe).fetch(
                    hub, spec)
            }
        } else if spec.isRemote {
            try await fetch(spec)
        }
        // A file that is not there is reported when it is read.
        guard let found = try? store.find(spec), found.format == .parquet else { return }
        let conversion = ParquetConversion(cache: store.cache, find: find)
        guard !conversion.isDone(found.sources) else { return }
        observe(.converting(dataset: spec.name, path: spec.path))
        observe(.converted(records: try await conversion.convert(found.sources)))
    }

    private func fetch(_ spec: DatasetSpec) async throws {
        if let sum = store.checksum(of: spec), store.cache.holds(sum) { return }
        let client = HTTPClient(limits: .init(responseBytes: JobLoader.largestFetch, idleConnections: 4))
        let data = try await DatasetFetch(client: client, retries: retries, observe: observe).contents(of: spec)
        if spec.sha256 == nil, let fault = Self.fault(of: data) {
            throw Unreadable(message: "the response of \(spec.path) \(fault)")
        }
        let sum = spec.sha256 ?? SHA256.hex(of: data)
        try store.cache.keep(data, sum)
        if spec.sha256 == nil {
            let file = DatasetCache.Record.File(name: spec.path, sha256: sum)
            try store.cache.keep(.init(source: DatasetStore.source(ofAddress: spec.path), files: [file]))
        }
        observe(.ended(bytes: data.count))
    }

    /// What a response is instead of a data set; it must not be taken for one from then on.
    private static func fault(of data: Data) -> String? {
        let start = String(decoding: data.prefix(100), as: UTF8.self).trimmed.lowercased()
        if start.isEmpty { return "is empty" }
        if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") {
            return "is a web page; give the address of the file itself"
        }
        return start.hasPrefix("version https://git-lfs.github.com") ? "is a Git LFS pointer to the file" : nil
    }
}
