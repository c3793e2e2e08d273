import Decoding

extension TrajectorySet {
    /// Applies one event of a journal.
    ///
    /// - Parameters:
    ///   - line: of the journal, from 1.
    ///   - skipsUnknown: whether there may be events of trajectories that the job had before it was changed.
    /// - Returns: the trajectory after it; nil if it was skipped.
    /// - Throws: ``ForeignEvent`` if it does not belong to this job.
    package mutating func take(
        _ event: Event, by id: TrajectoryID, line: Int, skipsUnknown: Bool = false
    ) throws(ForeignEvent) -> Trajectory? {
        guard var trajectory = self[id] else {
            if skipsUnknown { return nil }
            throw ForeignEvent(line: line, reason: "no trajectory of this job is called \(id)")
        }
        do {
            try trajectory.apply(event)
        } catch {
            throw ForeignEvent(line: line, reason: "\(error)")
        }
        update([trajectory])
        return trajectory
    }
}
