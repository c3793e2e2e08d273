import Decoding
import JobSpecs
import ModelLifecycle
import RunStore
import Support

/// When each engine started and worked, from the journal.
///
/// Journals of earlier versions have only the duration of starts and wakes, not their times: these are placed right before
/// the next request. Long idle stretches, such as between two processes, are cut. Shards run side by side, each with its own
/// timeline; a merged run has none.
struct Timeline: Sendable, Equatable, Encodable {
    enum Kind: String, Sendable, Encodable { case load, wake, work }

    struct Bar: Sendable, Equatable, Encodable {
        var engine: String
        var kind: Kind
        /// Seconds since the run began, without cut stretches.
        var begin: Double
        var end: Double
        /// Of work.
        var wave: Int?
        /// Of a load.
        var start: EngineStart.Kind?
        /// Of a load, if known.
        var phases: StartPhases?
    }

    /// A stretch that was cut out.
    struct Cut: Sendable, Equatable, Encodable {
        var at: Double
        var seconds: Double
    }

    var bars: [Bar] = []
    /// Times of swaps.
    var swaps: [Double] = []
    var cuts: [Cut] = []
    var seconds = 0.0
    /// Whether the time of a load or a wake had to be guessed.
    var hasGuesses = false

    private enum CodingKeys: String, CodingKey {
        case bars, swaps, cuts, seconds
        case hasGuesses = "has_guesses"
    }

    /// Shorter idle stretches are kept, in seconds.
    private static let longestIdle = 60.0
    /// Length left of a cut stretch, as a share of the run.
    private static let rest = 0.02
    /// Requests of one phase closer than this share of the run form one bar.
    private static let grain = 0.002

    /// - Parameter engines: of the run's job; nil if each role has an engine of its own.
    init(_ records: [JournalRecord], engines: JobEngines? = nil) {
        if case .shard = records.first { return }
        var chapters = [Chapter()]
        for record in records where chapters[chapters.count - 1].add(record) { chapters.append(Chapter()) }
        for index in chapters.indices { chapters[index].attribute(engines) }
        var cursor = chapters.lazy.compactMap(\.firstRequest).first ?? 0
        let span = (chapters.compactMap(\.lastRequest).max() ?? cursor) - cursor
        for chapter in chapters {
            let placed = chapter.placed(after: cursor, gap: min(1, span * Self.grain))
            bars += placed.bars
            swaps += placed.swaps
            hasGuesses = hasGuesses || chapter.hasGuesses
            cursor = placed.bars.map(\.end).max().map { max(cursor, $0) } ?? cursor
        }
        compress()
    }

    /// Shifts everything to begin at 0 and cuts long stretches without a bar.
    private mutating func compress() {
        let spans = bars.map { TimeSpan(begin: $0.begin, seconds: $0.end - $0.begin) }.union()
        guard let first = spans.first else { return }
        let covered = spans.reduce(0) { $0 + $1.seconds }
        var shifts = [(from: -Double.infinity, by: first.begin)]
        for (before, after) in zip(spans, spans.dropFirst()) {
            let idle = after.begin - before.end
            guard idle > max(Self.longestIdle, covered * Self.rest) else { continue }
            let kept = covered * Self.rest
            cuts.append(Cut(at: before.end - shifts[shifts.count - 1].by + kept / 2, seconds: idle))
            shifts.append((from: after.begin, by: shifts[shifts.count - 1].by + idle - kept))
        }
        func moved(_ time: Double) -> Double { time - (shifts.last { $0.from <= time }?.by ?? 0) }
        for index in bars.indices {
            (bars[index].begin, bars[index].end) = (moved(bars[index].begin), moved(bars[index].end))
        }
        swaps = swaps.map(moved)
        seconds = bars.map(\.end).max() ?? 0
    }
}

/// The journal from the end of one phase to the end of the next.
private struct Chapter {
    struct Arrival {
        var engine: String
        var kind: Timeline.Kind
        var seconds: Double
        /// nil if not in the journal.
        var begin: Double?
        /// Of a load.
        var start: EngineStart.Kind?
        var phases: StartPhases?
    }

    /// Engines that started one after the other, and the requests that followed.
    struct Passage {
        var arrivals: [Arrival] = []
        var answers: [Role: [TimeSpan]] = [:]
        /// Requests by engine.
        var requests: [String: [TimeSpan]] = [:]
    }

    var passages = [Passage()]
    var swaps = 0
    var phase: (wave: Int, engines: [String], seconds: Double)?

    /// - Returns: whether the record ends the chapter.
    mutating func add(_ record: JournalRecord) -> Bool {
        switch record {
        case .load(let load):
            arrive(
                Arrival(
                    engine: load.engine, kind: .load, seconds: load.seconds, begin: load.begin, start: load.kind,
                    phases: load.phases))
        case .wake(let engine, let seconds, let begin):
            arrive(Arrival(engine: engine, kind: .wake, seconds: seconds, begin: begin))
        case .swap: swaps += 1
        case .begun, .grown, .source, .speculation, .shard: break
        case .phase(let wave, let engines, let seconds, _): phase = (wave, engines, seconds)
        case .event:
            if let role = record.role, let asked = record.asked {
                passages[passages.count - 1].answers[role, default: []].append(asked)
            }
        }
        return phase != nil
    }

    private mutating func arrive(_ arrival: Arrival) {
        if !passages[passages.count - 1].answers.isEmpty { passages.append(Passage()) }
        passages[passages.count - 1].arrivals.append(arrival)
    }

    /// Assigns requests to engines. Call it once the chapter is complete: only its end names the engines that were up.
    mutating func attribute(_ engines: JobEngines?) {
        for index in passages.indices {
            passages[index].requests = Dictionary(
                passages[index].answers.map { ($0.engine(in: phase?.engines ?? [], of: engines), $1) },
                uniquingKeysWith: +)
        }
    }

    var hasGuesses: Bool { passages.contains { $0.arrivals.contains { $0.begin == nil } } }
    private var requests: [TimeSpan] { passages.flatMap { $0.requests.values.joined() } }
    var firstRequest: Double? { requests.map(\.begin).min() }
    var lastRequest: Double? { requests.map(\.end).max() }

    /// - Parameters:
    ///   - cursor: the end of the chapter before.
    ///   - gap: see ``Swift/Sequence/union(gap:)``.
    func placed(after cursor: Double, gap: Double) -> (bars: [Timeline.Bar], swaps: [Double]) {
        var bars: [Timeline.Bar] = []
        var cursor = cursor
        for (index, passage) in passages.enumerated() {
            // Later in a phase other engines work while one restarts: only its own next request counts.
            let own = Set(passage.arrivals.map(\.engine))
            let next = passage.requests.filter { index == 0 || own.contains($0.key) }.values.joined()
            let total = passage.arrivals.reduce(0) { $0 + $1.seconds }
            var end = next.map(\.begin).min() ?? cursor + total
            for arrival in passage.arrivals.reversed() {
                let begin = arrival.begin ?? end - arrival.seconds
                bars.append(
                    .init(
                        engine: arrival.engine, kind: arrival.kind, begin: begin, end: begin + arrival.seconds,
                        start: arrival.start, phases: arrival.phases))
                cursor = max(cursor, begin + arrival.seconds)
                end = begin
            }
        }
        let swap = bars.map(\.begin).min() ?? firstRequest ?? cursor
        var asked: [String: [TimeSpan]] = [:]
        for passage in passages { asked.merge(passage.requests, uniquingKeysWith: +) }
        for (engine, spans) in asked.sorted(by: { $0.key < $1.key }) {
            bars += spans.union(gap: gap).map {
                .init(engine: engine, kind: .work, begin: $0.begin, end: $0.end, wave: phase?.wave)
            }
        }
        if asked.isEmpty, let phase {
            bars += phase.engines.map {
                .init(engine: $0, kind: .work, begin: cursor, end: cursor + phase.seconds, wave: phase.wave)
            }
        }
        return (bars, Array(repeating: swap, count: swaps))
    }
}
