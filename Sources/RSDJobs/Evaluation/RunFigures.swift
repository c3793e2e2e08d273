/// What the engines did over a run and all its resumptions.
public struct RunFigures: Sendable, Equatable, Codable {
    /// The most waves that any trajectory took.
    public var waves = 0
    /// Engines stopped or put to sleep so that another could work.
    public var swaps = 0
    /// Engine processes brought up.
    public var coldStarts = 0
    public var requests = Requests()
    /// Of the method `speculative`; nil without it.
    public var speculation: Speculation?
    public var seconds = Seconds()

    public struct Seconds: Sendable, Equatable, Codable {
        /// Bringing engines up, by engine.
        public var loading: [String: Double] = [:]
        /// Waking them, by engine.
        public var waking: [String: Double] = [:]
        /// Asking them, by the engines that were up.
        public var working: [String: Double] = [:]
    }

    /// Answers of the models, by how they were come by.
    public struct Requests: Sendable, Equatable, Codable {
        /// An engine was asked.
        public var asked = 0
        /// Another trajectory had asked the same.
        public var shared = 0
    }

    /// Tokens that a speculator wrote ahead, and those of them that its model took.
    public struct Speculation: Sendable, Equatable, Codable {
        public var proposed = 0
        public var accepted = 0
    }

    private enum CodingKeys: String, CodingKey {
        case waves, swaps, seconds, requests, speculation
        case coldStarts = "cold_starts"
    }

    public init(records: [JournalRecord], waves: Int) {
        self.waves = waves
        for record in records { add(record) }
    }

    mutating func add(_ record: JournalRecord) {
        switch record {
        case .event(_, let event, let asked) where event.isAnswer:
            if asked == nil { requests.shared += 1 } else { requests.asked += 1 }
        case .event: break
        case .load(let engine, let time):
            coldStarts += 1
            seconds.loading[engine, default: 0] += time
        case .wake(let engine, let time): seconds.waking[engine, default: 0] += time
        case .swap: swaps += 1
        case .speculation(_, let proposed, let accepted):
            var sum = speculation ?? Speculation()
            sum.proposed += proposed
            sum.accepted += accepted
            speculation = sum
        case .phase(_, let engines, let time):
            seconds.working[engines.joined(separator: "+"), default: 0] += time
        }
    }
}
