import Datasets
import Foundation
import ModelLifecycle
import Support

extension JobLoader {
    /// Limit in bytes for a remote data set, which is read as a whole.
    static let largestFetch = 256 << 20

    /// Downloads a job's remote data sets that are not in the cache; ``load`` then finds them there.
    ///
    /// If the spec has errors, nothing is downloaded, and ``load`` reports them.
    ///
    /// - Throws: ``SpecErrors`` with each data set that could not be downloaded; ``Interrupted``.
    package static func fetchDatasets(
        of url: URL, settings: [String] = [], into cache: DatasetCache = .standard,
        interruption: Interruption = Interruption(),
        retries: RetryPolicy = RetryPolicy(attempts: 3), observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) async throws {
        guard let source = try? source(of: url),
            case let (job?, diagnostics) = decode(source, settings: settings, directory: directory(of: url)),
            !diagnostics.contains(where: { $0.severity == .error })
        else { return }
        let missing = job.datasets.filter { $0.spec.isRemote && !cache.holds($0.spec.sha256 ?? "") }
        guard !missing.isEmpty else { return }
        let client = HTTPClient(limits: .init(responseBytes: largestFetch, idleConnections: 4))
        let fetch = DatasetFetch(client: client, retries: retries, observe: observe)
        var faults: [Diagnostic] = []
        var isAboutStorage = false
        for dataset in missing {
            do {
                let data = try await interruption.cancelOnInterrupt { try await fetch.contents(of: dataset.spec) }
                try cache.keep(data, dataset.spec.sha256 ?? "")
                observe(.ended(bytes: data.count))
            } catch let error as Interrupted {
                throw error
            } catch {
                let message = (error as? Unreadable)?.message ?? "\(error)"
                isAboutStorage = isAboutStorage || error is FileFailure
                faults.append(source.diagnostic(.error, at: dataset.pathMark, message))
            }
        }
        guard !faults.isEmpty else { return }
        var errors = SpecErrors(file: url.relativePath, diagnostics: faults)
        errors.isAboutStorage = isAboutStorage
        throw errors
    }
}
