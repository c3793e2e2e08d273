import Decoding
import JobSpecs
import RunStore

extension [JournalRecord] {
    /// Whether it has responses that do not say to which request, as in journals of earlier versions.
    var haveUnnamedRequests: Bool { contains(where: \.isUnnamedAnswer) }

    /// The same records with the requests that a replay finds.
    ///
    /// Before a journal is changed, all its requests are named: later, no spec may be left that tells what was asked.
    ///
    /// - Parameter job: the job that the journal is of, undivided, which may be without models.
    func named(by job: LoadedJob, as identity: SpecIdentity) -> [JournalRecord] {
        let scope = RequestScope(job, as: identity)
        var trajectories = TrajectorySet(job)
        var records = self
        for (id, events) in Dictionary(grouping: standing, by: { self[$0].trajectory }) {
            guard let id, var trajectory = trajectories[id] else { continue }
            for index in events {
                guard case .event(_, let event, var origin) = self[index] else { continue }
                if event.isAnswer, origin.request == nil, let need = trajectory.needs.first(where: event.answers) {
                    origin.request = InferenceRequest(need, of: id, in: scope).fingerprint
                    records[index] = .event(id, event, origin)
                }
                guard (try? trajectory.apply(event)) != nil else { break }
            }
            trajectories.update([trajectory])
        }
        return records
    }
}

extension RunDirectory {
    /// The records of the run's journal, with their requests as far as the directory's spec and its data sets tell them.
    ///
    /// - Throws: ``DamagedRun``, ``RunIncomplete`` if requests have no names, and spec or data sets are not those of the journal.
    func named(_ contents: JournalContents, as manifest: Manifest) throws -> [JournalRecord] {
        guard contents.records.haveUnnamedRequests else { return contents.records }
        try manifest.checkIsJournalled(contents, in: self)
        return contents.records.named(by: try writtenJob(of: manifest), as: manifest.identity)
    }
}

extension JournalRecord {
    fileprivate var isUnnamedAnswer: Bool {
        if case .event(_, let event, let origin) = self { event.isAnswer && origin.request == nil } else { false }
    }
}
