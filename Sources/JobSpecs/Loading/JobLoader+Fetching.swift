import Datasets
import Foundation
import Hub
import ModelLifecycle
import Support

extension JobLoader {
    /// Limit in bytes for a remote data set, which is read as a whole.
    static let largestFetch = 256 << 20

    /// Brings a job's remote data sets into the cache, and converts those in Parquet; ``load`` then finds them there.
    ///
    /// If the spec has errors, nothing is downloaded, and ``load`` reports them.
    ///
    /// - Parameters:
    ///   - hubCache: the cache of the Hugging Face libraries.
    ///   - findPython: finds a Python with a module, for downloads from the hub and conversions; by default on this machine.
    /// - Throws: ``SpecErrors`` with each data set that could not be brought; ``Interrupted``.
    package static func fetchDatasets(
        of url: URL, settings: [String] = [], into cache: DatasetCache = .standard, hubCache: HubCache = HubCache(),
        interruption: Interruption = Interruption(),
        retries: RetryPolicy = RetryPolicy(attempts: 3), findPython: FindPython? = nil,
        observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) async throws {
        guard let source = try? source(of: url),
            case let (job?, diagnostics) = decode(source, settings: settings, directory: directory(of: url)),
            !diagnostics.contains(where: { $0.severity == .error })
        else { return }
        let search = PythonSearch(venv: job.engine?.venv)
        let preparation = DatasetPreparation(
            store: DatasetStore(cache: cache), hubCache: hubCache, retries: retries,
            find: findPython ?? { try await search.first(with: $0, behind: ["hf", "huggingface-cli"])?.python },
            observe: observe)
        var faults: [Diagnostic] = []
        var isAboutStorage = false
        for dataset in job.datasets {
            do {
                try await interruption.cancelOnInterrupt { try await preparation.prepare(dataset.spec) }
            } catch let error as Interrupted {
                throw error
            } catch {
                let network = "; fetch it where there is a network, or download the file and set 'path' to it"
                let message = (error as? Unreadable)?.message ?? "\(error)" + (error is HTTPError ? network : "")
                isAboutStorage = isAboutStorage || (error as? any ProgramError)?.explanation.exit == .disk
                faults.append(source.diagnostic(.error, at: dataset.pathMark, message))
            }
        }
        guard !faults.isEmpty else { return }
        var errors = SpecErrors(file: url.relativePath, diagnostics: faults)
        errors.isAboutStorage = isAboutStorage
        throw errors
    }
}
