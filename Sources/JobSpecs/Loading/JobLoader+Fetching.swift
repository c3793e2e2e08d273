import Datasets
import Foundation
import ModelLifecycle
import Support

extension JobLoader {
    /// Bytes of one data set at most: it is read in one piece.
    static let largestFetch = 256 << 20

    /// Fetches the data sets of a job that have an address and are not in the cache; afterwards ``load`` finds them there.
    ///
    /// A spec with faults is left to ``load`` to complain of, and nothing is fetched.
    ///
    /// - Throws: ``SpecErrors`` that name each data set that cannot be had; ``Interrupted``.
    package static func fetchDatasets(
        of url: URL, into cache: DatasetCache = .standard, interruption: Interruption = Interruption(),
        retries: RetryPolicy = RetryPolicy(attempts: 3), observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) async throws {
        guard let source = try? source(of: url),
            case let (job?, diagnostics) = decode(source, directory: directory(of: url)),
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
