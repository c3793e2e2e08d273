import Foundation
import Hub
import Support

extension JobLoader {
    /// Reads a spec without the files that it names.
    ///
    /// - Throws: ``SpecErrors``.
    package static func check(_ url: URL, settings: [String] = []) throws(SpecErrors) {
        _ = try parse(url, settings: settings, models: SpecLookup())
    }

    private static func parse(
        _ url: URL, settings: [String], models: SpecLookup
    ) throws(SpecErrors) -> ParsedJob {
        let (job, diagnostics) = decode(
            try source(of: url), settings: settings, directory: directory(of: url), models: models)
        guard let job, !diagnostics.contains(where: { $0.severity == .error }) else {
            throw SpecErrors(file: url.relativePath, diagnostics: diagnostics)
        }
        return job
    }

    /// Downloads a job's models of the Hugging Face hub that the cache lacks.
    ///
    /// - Returns: all of them, also those that were there.
    /// - Throws: ``SpecErrors``, ``HubError``, ``SpawnError``, ``Interrupted``.
    package static func fetchModels(
        of url: URL, settings: [String] = [], models: SpecLookup = SpecLookup(),
        interruption: Interruption = Interruption(), observe: @escaping @Sendable (FetchEvent) -> Void = { _ in }
    ) async throws -> [FetchedModel] {
        let job = try parse(url, settings: settings, models: models)
        let wanted = job.hubModels()
        let missing = wanted.filter { !$0.isThere }.map(\.model)
        let there = wanted.filter(\.isThere).compactMap { FetchedModel(present: $0.model) }
        guard !missing.isEmpty else { return there }
        let fetch = ModelFetch(search: PythonSearch(venv: job.engine?.venv), observe: observe)
        return there + (try await interruption.cancelOnInterrupt { try await fetch(missing) })
    }
}

extension FetchedModel {
    fileprivate init?(present model: HubModel) {
        guard let snapshot = model.snapshot else { return nil }
        self.init(
            model: model.name, revision: model.revision, commit: snapshot.commit, path: snapshot.path, files: 0,
            bytes: 0)
    }
}
