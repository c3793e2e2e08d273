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

    /// What a job must not change to resume the run. Where a model's files differ, its commits are named too.
    package func changes(to job: LoadedJob) -> [SpecIdentity.Change] {
        let (old, new) = (hub ?? [:], job.spec.pins)
        return SpecIdentity(job).difference(from: identity).flatMap { change -> [SpecIdentity.Change] in
            guard let role = change.key.wholeMatch(of: /models\.(\w+)\.files/).map({ String($0.1) }),
                old[role] != nil || new[role] != nil
            else { return [change] }
            func place(_ pin: ModelPin?) -> String { pin.map { "\($0.name)@\($0.commit)" } ?? "a directory" }
            return [
                SpecIdentity.Change(key: "models.\(role).model", old: place(old[role]), new: place(new[role])), change,
            ]
        }
    }
}

extension RunDirectory {
    /// The commits that the run was begun with, or the other shards of the same run; nil if nothing was begun, or it has no models of
    /// the hub. Damaged directories are reported when the run is opened.
    package var pins: ModelPins? {
        let parent = RunDirectory(url.deletingLastPathComponent())
        let isShard = Shard(directoryName: url.lastPathComponent) != nil
        let run = ShardedRun(isShard ? parent : self)
        for directory in [self] + run.present.map(run.directory) {
            guard let manifest = try? Manifest.read(directory.manifest), let hub = manifest.hub else { continue }
            return ModelPins(models: hub.sorted { $0.key < $1.key }.map(\.value), spec: directory.job.relativePath)
        }
        return nil
    }
}
