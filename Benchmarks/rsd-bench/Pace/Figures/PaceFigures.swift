import Decoding
import PacedEngine

/// What paced engines saw of a client.
struct PaceFigures: Sendable {
    /// All requests, and those to models.
    var httpRequests: [Role: Int] = [:]
    var modelRequests: [Role: Int] = [:]
    /// Requests that clients gave up.
    var aborted = 0
    var starts = 0
    /// When each problem's last response was ready.
    var ends: [Int: Double] = [:]
    private(set) var tallies: [Role: EngineTally] = [:]
    private(set) var counts: [Role: BatchScheduler.Counts] = [:]
    /// Processor seconds of the server.
    var cpu = 0.0
    /// Seconds of the machine since the server began.
    var end = 0.0
    private var late = (sum: 0.0, count: 0, most: 0.0)

    /// - Parameter lateness: of the server, in seconds of the machine.
    mutating func add(lateness: Double) {
        guard lateness >= 0 else { return }
        late = (late.sum + lateness, late.count + 1, max(late.most, lateness))
    }

    mutating func collect(_ floor: EngineFloor) {
        tallies = floor.tallies
        for role in PacedMachine.roles { counts[role] = floor.counts(of: role) }
    }

    /// Mean seconds of the machine by which the server noticed the end of an iteration too late.
    var meanLateness: Double { late.count == 0 ? 0 : late.sum / Double(late.count) }

    /// From when on fewer problems are unfinished than a full batch has sequences.
    func tail(batch: Int) -> Double {
        let ends = ends.values.sorted()
        return ends.count < batch ? 0 : ends[ends.count - batch]
    }

    /// The part of engines' time on GPUs with full batches before a point; nil if there is no such time.
    func fullShare(of roles: [Role], until end: Double) -> Double? {
        let (all, full) = roles.compactMap { tallies[$0]?.working(until: end) }
            .reduce((0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
        return all > 0 ? full / all : nil
    }

    var working: Double { tallies.values.reduce(0) { $0 + $1.seconds } }
}
