import Hub

/// A model that a spec names as on the Hugging Face hub, or whose folder in a cache it names.
package struct HubModel: Sendable, Equatable {
    /// As in the spec; `main` if it names none.
    package var revision: String
    /// The commit that the run was begun with; nil if none was begun.
    package var pinned: String?
    /// The files that are used; nil if they are not in the cache.
    package private(set) var snapshot: HubSnapshot?
    /// Where a cache has the repository, or will have it.
    package let folder: HubFolder
    /// Whether the spec names the folder, and not the repository.
    package let isFolder: Bool

    /// Looks the model up in the cache.
    package init(_ folder: HubFolder, isFolder: Bool, revision: String, pins: RunPins?) {
        self.folder = folder
        self.isFolder = isFolder
        self.revision = revision
        pinned = pins?.models.first { $0.name == folder.repository.name && $0.revision == revision }?.commit
        if case .found(let snapshot) = lookup() { self.snapshot = snapshot }
    }

    package var name: String { folder.repository.name }

    /// nil if it is not in the cache.
    package var commit: String? { snapshot?.commit }

    package func lookup() -> HubFolder.Lookup { folder.lookup(pinned ?? revision) }

    /// Identifies the files, as far as that is known.
    var commitOrRevision: String { commit ?? pinned ?? revision }

    /// nil if the model is not in the cache.
    package var pin: ModelPin? { commit.map { ModelPin(name: name, revision: revision, commit: $0) } }
}

/// The commit of a model of the hub that a run was begun with.
package struct ModelPin: Sendable, Equatable, Codable {
    package var name: String
    /// As the spec has it.
    package var revision: String
    package var commit: String
}
