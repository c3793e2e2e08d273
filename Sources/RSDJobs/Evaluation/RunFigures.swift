/// What the engines did over a run and all its resumptions.
public struct RunFigures: Sendable, Equatable, Codable {
    /// The most waves that any trajectory took.
    public var waves = 0
    /// Engines stopped or put to sleep so that another could work.
    public var swaps = 0
    /// Engine processes brought up.
    public var coldStarts = 0
    public var seconds = Seconds()

    public struct Seconds: Sendable, Equatable, Codable {
        /// Bringing engines up, by engine.
        public var loading: [String: Double] = [:]
        /// Waking them, by engine.
        public var waking: [String: Double] = [:]
        /// Asking them, by the engines that were up.
        public var working: [String: Double] = [:]
    }

    private enum CodingKeys: String, CodingKey {
        case waves, swaps, seconds
        case coldStarts = "cold_starts"
    }

    public init(records: [JournalRecord], waves: Int) {
        self.waves = waves
        for record in records { add(record) }
    }

    mutating func add(_ record: JournalRecord) {
        switch record {
        case .event: break
        case .load(let engine, let time):
            coldStarts += 1
            seconds.loading[engine, default: 0] += time
        case .wake(let engine, let time): seconds.waking[engine, default: 0] += time
        case .swap: swaps += 1
        case .phase(_, let engines, let time):
            seconds.working[engines.joined(separator: "+"), default: 0] += time
        }
    }
}
