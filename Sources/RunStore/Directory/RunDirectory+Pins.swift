import Foundation
import JobSpecs

extension Manifest {
    /// Notes the commits that the run now uses. Those of roles whose models are now directories are kept, and so is the revision for
    /// which a commit was first used: the run's own spec has only the commit, and the user's may still name a branch.
    package mutating func note(_ pins: [String: ModelPin]) {
        let all = (hub ?? [:]).merging(pins) { old, new in old.name == new.name && old.commit == new.commit ? old : new
        }
        hub = all.isEmpty ? nil : all
    }

    /// Notes the thresholds that the job took from other runs. Those that it does not ask for are kept: the run's own spec has only
    /// the numbers.
    package mutating func note(_ taken: [CalibratedThreshold]) {
        let asked = Set(taken.map(\.request))
        let all = (thresholds ?? []).filter { !asked.contains($0.request) } + taken
        thresholds = all.isEmpty ? nil : all
    }

    /// What a job must not change to resume the run. Where a model's files differ, its commits are named too, and where a data set
    /// does, what it was read from.
    package func changes(to job: LoadedJob) -> [SpecIdentity.Change] {
        let (old, new) = (hub ?? [:], job.spec.pins)
        var changes: [SpecIdentity.Change] = []
        for change in SpecIdentity(job).difference(from: identity) {
            if let role = change.key.wholeMatch(of: /models\.(\w+)\.files/).map({ String($0.1) }),
                old[role] != nil || new[role] != nil
            {
                func place(_ pin: ModelPin?) -> String { pin.map { "\($0.name)@\($0.commit)" } ?? "a directory" }
                changes.append(.init(key: "models.\(role).model", old: place(old[role]), new: place(new[role])))
            }
            if let name = change.key.wholeMatch(of: /datasets\.(.+)\.(?:count|questions|answers)/).map({ String($0.1) }
            ),
                let origin = datasets?[name]?.change(to: job.origins[name], of: name), !changes.contains(origin)
            {
                changes.append(origin)
            }
            changes.append(change)
        }
        return changes
    }
}

extension DatasetOrigin {
    /// The commits of a data set of the hub, or the checksums of another one's files; nil if they are the same.
    fileprivate func change(to new: DatasetOrigin?, of name: String) -> SpecIdentity.Change? {
        func change(_ key: String, _ old: String, _ new: String) -> SpecIdentity.Change? {
            old == new ? nil : SpecIdentity.Change(key: "datasets.\(name).\(key)", old: old, new: new)
        }
        guard let new else { return nil }
        if let commit, let newer = new.commit { return change("commit", commit, newer) }
        return change(
            "files", files.map(\.sha256).joined(separator: " "), new.files.map(\.sha256).joined(separator: " "))
    }
}

extension RunDirectory {
    /// The commits and thresholds that the run was begun with, or the other shards of the same run; nil if nothing was begun, or it
    /// has none. Damaged directories are reported when the run is opened.
    package var pins: RunPins? {
        let parent = RunDirectory(url.deletingLastPathComponent())
        let isShard = Shard(directoryName: url.lastPathComponent) != nil
        let run = ShardedRun(isShard ? parent : self)
        for directory in [self] + run.present.map(run.directory) {
            guard let manifest = try? Manifest.read(directory.manifest),
                manifest.hub != nil || manifest.thresholds != nil
            else { continue }
            return RunPins(
                models: (manifest.hub ?? [:]).sorted { $0.key < $1.key }.map(\.value),
                thresholds: manifest.thresholds ?? [], spec: directory.job.relativePath)
        }
        return nil
    }
}
