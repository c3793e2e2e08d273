import Datasets

/// Identifies a split of a data set of the hub at one commit in the cache.
struct HubDatasetKey {
    /// Words for ``DatasetCache/Record/source``.
    let source: String

    init(_ hub: HubDatasetName, _ spec: DatasetSpec, commit: String) {
        let parts = [
            hub.file.map { "file \($0)" }, spec.config.map { "config \($0)" }, spec.split.map { "split \($0)" },
        ]
        source = (["hub \(hub.repository)@\(commit)"] + parts.compactMap(\.self)).joined(separator: ", ")
    }

    /// For the record of the commit that a branch or tag was when it was fetched.
    static func source(of hub: HubDatasetName, revision: String) -> String {
        "commit of \(hub.repository)@\(revision)"
    }
}
