import Datasets
import SpecYAML
import Support

extension JobCheck {
    /// Reads a data set's problems, and reports its faults.
    mutating func read(_ dataset: WrittenDataset) {
        var spec = dataset.spec
        let contents: DatasetStore.Contents
        do throws(Unreadable) {
            contents = try DatasetStore(cache: cache).contents(of: spec)
        } catch {
            let isLocal = !spec.isRemote && spec.hub == nil && spec.resolvedFormat != .parquet
            if isLocal || !isFaulty { log.error(at: dataset.pathMark, error.message) }
            return
        }
        origins[spec.name] = contents.origin
        resolved[spec.name] = contents.found.spec
        note(contents, of: dataset)
        spec.format = contents.format
        var reader = DatasetReader(spec, showing: spec.isRemote || spec.hub != nil ? spec.path : shown(spec.path))
        reader.read(contents.data)
        problems[spec.name] = reader.problems
        fileDiagnostics += reader.diagnostics
        guard !reader.diagnostics.contains(where: { $0.severity == .error }) else { return }
        let after = spec.start > 0 ? " after the first \(spec.start)" : ""
        if reader.problems.isEmpty {
            log.error(
                at: dataset.startMark,
                "no problem remains\(after): the data set has only \(counted(reader.records, "problem"))")
        } else if let limit = spec.limit, reader.problems.count < limit {
            log.warning(
                at: dataset.limitMark,
                "the limit is \(limit), and the data set has only \(counted(reader.problems.count, "problem"))\(after)"
            )
        }
    }

    /// Warns about an address without a checksum, which is pinned from here on, and about columns that cannot be read.
    private mutating func note(_ contents: DatasetStore.Contents, of dataset: WrittenDataset) {
        let spec = dataset.spec
        if !contents.leftOut.isEmpty {
            let columns = contents.leftOut.map { "'\($0)'" }.joined(separator: ", ")
            log.warning(at: dataset.pathMark, "\(spec.path) has binary data in \(columns), which was left out")
        }
        guard let pin = JobPins.Pin(dataset, resolved: contents.found.spec) else { return }
        log.warning(
            at: dataset.pathMark,
            "the data at this address may change; to always use these, \(pin.advice), or run `rsd-batch validate --pin` on this job"
        )
    }
}
