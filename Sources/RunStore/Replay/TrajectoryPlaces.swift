import Decoding

/// Where each trajectory of a list is: a hash table of numbers, since a dictionary would hold every id once more.
struct TrajectoryPlaces: Sendable {
    /// A power of two, at least half of them empty: -1. One that is taken is followed by the next that is free.
    private var slots: [Int32]

    /// - Precondition: their ids differ.
    init(_ trajectories: [Trajectory]) {
        var size = 4
        while size < 2 * trajectories.count { size *= 2 }
        slots = Array(repeating: -1, count: size)
        for place in trajectories.indices {
            let (found, slot) = look(for: trajectories[place].id, in: trajectories)
            precondition(found == nil, "two trajectories called \(trajectories[place].id)")
            slots[slot] = Int32(place)
        }
    }

    /// - Parameter trajectories: those that it was made of, in the same order.
    func find(_ id: TrajectoryID, in trajectories: [Trajectory]) -> Int? { look(for: id, in: trajectories).found }

    private func look(for id: TrajectoryID, in trajectories: [Trajectory]) -> (found: Int?, slot: Int) {
        var slot = id.hashValue & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if trajectories[place].id == id { return (place, slot) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (nil, slot)
    }
}
