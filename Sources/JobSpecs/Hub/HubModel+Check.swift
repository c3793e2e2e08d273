import Checkpoints
import Foundation
import Hub

extension HubModel {
    /// Where a model of the hub would have been found, and how to get it, for messages.
    struct Places {
        /// The directory that a name could also have meant.
        var directory: String?
        /// The command that fetches the job's models; nil if it would not fetch this one.
        var fetch: String?
        /// The spec of the run that was begun.
        var run: String?

        /// `; "rsd-batch fetch job.yaml" fetches it`
        func remedy(_ what: String) -> String { fetch.map { "; `\($0)` \(what)" } ?? "" }
    }

    /// Checks that the cache has the model with all its files.
    ///
    /// - Throws: ``ModelFilesError``.
    func check(_ places: Places) throws(ModelFilesError) {
        let cache = URL(filePath: folder.path).deletingLastPathComponent().path
        let there = places.directory.map { "there is no directory \($0), and " } ?? ""
        switch lookup() {
        case .found(let snapshot): try check(snapshot, places)
        case _ where pinned != nil:
            var places = places
            places.fetch = places.run.map { "rsd-batch fetch \($0.shellWord)" } ?? places.fetch
            throw ModelFilesError(
                "this run was begun with commit \(pinned ?? "") of \(name), which the Hugging Face cache \(cache) no longer has"
                    + places.remedy("fetches it"))
        case .noRepository:
            throw ModelFilesError(
                "\(there)the Hugging Face cache \(cache) has no \(name)"
                    + places.remedy("fetches it if it is a model on the hub"))
        case .noRevision(let known):
            let others = known.isEmpty ? "" : " (it has \(known.joined(separator: ", ")))"
            throw ModelFilesError(
                "\(there)the Hugging Face cache \(cache) has no complete revision '\(revision)' of \(name)\(others)"
                    + places.remedy("fetches it"))
        case .ambiguous(let commits):
            throw ModelFilesError(
                "'\(revision)' is the beginning of several commits of \(name): \(commits.joined(separator: ", "))")
        }
    }

    private func check(_ snapshot: HubSnapshot, _ places: Places) throws(ModelFilesError) {
        // Weights are checked when they are read.
        let links = NeededFiles.of(snapshot.links.map { HubFile(name: $0, size: 0) }).map(\.name)
        let listed = (snapshot.listed ?? []).map(\.name).filter(NeededFiles.isEssential)
        let missing = Set(links + listed + ["config.json"]).filter { !snapshot.holds($0) }.sorted()
        guard !missing.isEmpty else { return }
        let names = missing.prefix(3).joined(separator: ", ") + (missing.count > 3 ? ", …" : "")
        throw ModelFilesError(
            "\(name) is incomplete in the Hugging Face cache: \(snapshot.path) lacks \(names)"
                + places.remedy("completes it"))
    }
}
