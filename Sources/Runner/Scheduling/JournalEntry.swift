import Decoding
import RunStore

/// An event that is being recorded in the journal.
package struct JournalEntry: Sendable {
    /// Number of the entry, from 0.
    package let number: Int
    let event: Event
    package let origin: AnswerOrigin
    /// The trajectory after this event and all its earlier entries.
    let trajectory: Trajectory
}

/// The events that are not on disk yet: no request may build on them.
struct EntriesInFlight: Sendable {
    private var entries: [Int: JournalEntry] = [:]
    private var latest: [TrajectoryID: Int] = [:]
    private var next = 0

    var isEmpty: Bool { entries.isEmpty }

    /// A trajectory after all its entries are recorded; nil if it has none.
    subscript(id: TrajectoryID) -> Trajectory? { latest[id].flatMap { entries[$0]?.trajectory } }

    mutating func add(
        _ event: Event, to trajectory: Trajectory, from origin: AnswerOrigin
    ) throws -> JournalEntry {
        var trajectory = self[trajectory.id] ?? trajectory
        try trajectory.apply(event)
        defer { next += 1 }
        let entry = JournalEntry(number: next, event: event, origin: origin, trajectory: trajectory)
        entries[next] = entry
        latest[trajectory.id] = next
        return entry
    }

    mutating func remove(_ number: Int) -> JournalEntry? {
        guard let entry = entries.removeValue(forKey: number) else { return nil }
        if latest[entry.trajectory.id] == number { latest[entry.trajectory.id] = nil }
        return entry
    }
}
