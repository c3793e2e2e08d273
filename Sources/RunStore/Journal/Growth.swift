import Decoding

/// A point in a journal from which on the run is that of a changed job.
///
/// Events of trajectories that the new job does not have stay in the journal and count for nothing.
package struct Growth: Sendable, Equatable {
    /// The run from here on.
    package var identity: RunIdentity
    /// Trajectories whose last events do not hold in the new job, such as responses that a lower limit had cut.
    package var rewound: [Rewound]

    package init(identity: RunIdentity, rewound: [Rewound] = []) {
        self.identity = identity
        self.rewound = rewound
    }

    package struct Rewound: Sendable, Equatable {
        package var id: TrajectoryID
        /// Number of its events that still hold, from the first.
        package var kept: Int

        package init(id: TrajectoryID, kept: Int) {
            self.id = id
            self.kept = kept
        }
    }
}

extension Growth.Rewound: Codable {
    private enum Key: String, CodingKey { case method, dataset, problem, sample, kept }

    package init(from decoder: any Decoder) throws {
        self.init(
            id: try TrajectoryID(from: decoder),
            kept: try decoder.container(keyedBy: Key.self).decode(Int.self, forKey: .kept))
    }

    package func encode(to encoder: any Encoder) throws {
        try id.encode(to: encoder)
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(kept, forKey: .kept)
    }
}

extension [JournalRecord] {
    /// Whether the job was ever changed.
    package var haveGrown: Bool {
        indices.contains { if case .grown = self[$0] { true } else { false } }
    }

    /// The indices of the events that hold: all but those that a ``Growth`` took back.
    package var standing: [Index] {
        guard haveGrown else { return indices.filter { self[$0].isEvent } }
        var closed: [TrajectoryID: [Index]] = [:]
        var events: [TrajectoryID: [Index]] = [:]
        for index in indices {
            switch self[index] {
            // A shard takes back only events of its own.
            case .shard:
                for (id, indices) in events { closed[id, default: []] += indices }
                events = [:]
            case .event(let id, _, _): events[id, default: []].append(index)
            case .grown(let growth):
                // A merged run grows as a whole.
                if growth.identity.shard == nil {
                    for (id, indices) in closed { events[id] = indices + (events[id] ?? []) }
                    closed = [:]
                }
                for rewound in growth.rewound {
                    let all = events[rewound.id] ?? []
                    events[rewound.id] = [Index](all.prefix(Swift.max(0, rewound.kept)))
                }
            default: break
            }
        }
        return [closed, events].flatMap { $0.values.joined() }.sorted()
    }
}

extension JournalRecord {
    /// The trajectory that it is an event of.
    package var trajectory: TrajectoryID? {
        if case .event(let id, _, _) = self { id } else { nil }
    }

    /// Without a copy of the event, which ``trajectory`` makes.
    package var isEvent: Bool {
        if case .event = self { true } else { false }
    }
}
