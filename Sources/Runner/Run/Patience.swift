import RunStore

/// Decides who is tried again and who is given up, and tells a bad request from a bad engine.
///
/// A request fails only where others succeed: when nobody does, it is the engine that is of no use.
struct Patience: Sendable {
    /// Attempts in a row before a request waits for a fresh engine.
    static let attempts = 2
    /// Deaths of an engine that answered nothing but this request, before it is set aside.
    static let lonelyDeaths = 2
    /// Requests in a row that fail with no success at all, before the engine is called useless.
    static let failuresWithoutSuccess = 3
    /// Requests in flight at most after an engine's death, so that however many there were, one is alone before its restarts are up.
    static let mostAfterDeath = 64
    /// Restarts in a row after which nothing succeeded.
    static let barrenRestarts = 8

    /// Requests to have in flight at most.
    private(set) var window: Int
    private let fullWindow: Int
    private var strikes: [Question.Key: Int] = [:]
    private var lonely: [Question.Key: Int] = [:]
    private var stragglers: [(key: Question.Key, reason: String)] = []
    private var setAside: [(key: Question.Key, reason: String)] = []
    private var hadSecondChance = false
    private var succeeded = false
    private var succeededSinceStart = false
    private var barren = 0

    init(window: Int) {
        self.window = window
        fullWindow = window
    }

    mutating func success(_ key: Question.Key) {
        succeeded = true
        succeededSinceStart = true
        strikes[key] = nil
        lonely[key] = nil
        window = min(fullWindow, window + 1)
    }

    /// An attempt failed though its engine lives.
    ///
    /// - Returns: whether to ask again now.
    mutating func failure(_ key: Question.Key, reason: String) -> Bool {
        strikes[key, default: hadSecondChance ? Self.attempts - 1 : 0] += 1
        if strikes[key, default: 0] < Self.attempts { return true }
        strikes[key] = nil
        stragglers.append((key, reason))
        return false
    }

    /// An engine died or hung with these requests in flight.
    ///
    /// The request that kills it, should there be one, is found by having fewer and fewer in flight.
    ///
    /// - Returns: those to ask again, or nil where the engine is of no use.
    mutating func engineDown(inFlight: [Question.Key], how: String) -> [Question.Key]? {
        barren = succeededSinceStart ? 0 : barren + 1
        succeededSinceStart = false
        window = max(1, min(inFlight.count / 4, Self.mostAfterDeath))
        var again = inFlight
        if inFlight.count == 1 {
            let key = inFlight[0]
            lonely[key, default: 0] += 1
            if lonely[key] == Self.lonelyDeaths {
                setAside.append((key, "\(how) each time that it was asked about this alone"))
                again = []
            }
        }
        let useless =
            barren >= Self.barrenRestarts || (!succeeded && setAside.count >= Self.failuresWithoutSuccess)
        return useless ? nil : again
    }

    enum Verdict: Sendable, Equatable {
        case done
        /// Ask these once more, after a restart.
        case secondChance([Question.Key])
        case fail([Question.Key: String])
        /// Nobody succeeded.
        case useless(String)
    }

    /// What to do when nothing is left to ask.
    mutating func conclude() -> Verdict {
        if !stragglers.isEmpty, !hadSecondChance {
            hadSecondChance = true
            defer { stragglers = [] }
            return .secondChance(stragglers.map(\.key))
        }
        let lost = stragglers + setAside
        guard let last = lost.last else { return .done }
        if !succeeded, lost.count >= Self.failuresWithoutSuccess { return .useless(last.reason) }
        (stragglers, setAside) = ([], [])
        return .fail(Dictionary(lost.map { ($0.key, $0.reason) }, uniquingKeysWith: { first, _ in first }))
    }
}
