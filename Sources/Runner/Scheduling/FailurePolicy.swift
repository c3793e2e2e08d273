/// Decides which requests are tried again and which are given up, and tells a bad request from a bad engine.
///
/// A request fails only where others succeed: when none does, it is the engine that is of no use.
struct FailurePolicy: Sendable {
    /// Attempts in a row before a request waits for a fresh engine.
    static let attempts = 2
    /// Crashes of an engine that ran nothing but this request, before the request is quarantined.
    static let soloCrashes = 2
    /// Requests in a row that fail with no success at all, before the engine is called useless.
    static let failuresWithoutSuccess = 3
    /// Requests to have running at most after an engine's crash, so that however many there were, one is alone before its restarts
    /// are up.
    static let mostAfterCrash = 64
    /// Restarts in a row after which nothing succeeded.
    static let restartsWithoutProgress = 8

    /// Requests to have running at most: fewer after a crash, and one more with each success.
    private(set) var limit: Int
    private let fullLimit: Int
    private var failures: [RequestFingerprint: Int] = [:]
    private var soloCrashes: [RequestFingerprint: Int] = [:]
    private var stragglers: [Failure] = []
    private var quarantined: [Failure] = []
    private var hadSecondChance = false
    private var succeeded = false
    private var succeededSinceStart = false
    private var restartsWithoutProgress = 0

    init(limit: Int) {
        self.limit = limit
        fullLimit = limit
    }

    mutating func success(_ request: RequestFingerprint) {
        succeeded = true
        succeededSinceStart = true
        failures[request] = nil
        soloCrashes[request] = nil
        limit = limit < fullLimit ? limit + 1 : fullLimit
    }

    /// An attempt failed though the engine lives.
    ///
    /// - Returns: whether to ask again now.
    mutating func failure(_ request: RequestFingerprint, reason: String) -> Bool {
        failures[request, default: hadSecondChance ? Self.attempts - 1 : 0] += 1
        if failures[request, default: 0] < Self.attempts { return true }
        failures[request] = nil
        stragglers.append(Failure(request: request, reason: reason))
        return false
    }

    /// The engine died or hung with these requests running.
    ///
    /// The request that kills it, should there be one, is found by having fewer and fewer running.
    ///
    /// - Returns: those to ask again, or nil where the engine is of no use.
    mutating func engineDown(running: [RequestFingerprint], how: String) -> [RequestFingerprint]? {
        restartsWithoutProgress = succeededSinceStart ? 0 : restartsWithoutProgress + 1
        succeededSinceStart = false
        limit = max(1, min(running.count / 4, Self.mostAfterCrash))
        var again = running
        if running.count == 1 {
            let request = running[0]
            soloCrashes[request, default: 0] += 1
            if soloCrashes[request] == Self.soloCrashes {
                quarantined.append(
                    Failure(request: request, reason: "\(how) each time that it was asked about this alone"))
                again = []
            }
        }
        let isUseless =
            restartsWithoutProgress >= Self.restartsWithoutProgress
            || (!succeeded && quarantined.count >= Self.failuresWithoutSuccess)
        return isUseless ? nil : again
    }

    enum Conclusion: Sendable, Equatable {
        case done
        /// Ask these once more, after a restart.
        case secondChance([RequestFingerprint])
        case fail([Failure])
        /// No request succeeded.
        case useless(String)
    }

    struct Failure: Sendable, Equatable {
        var request: RequestFingerprint
        var reason: String
    }

    /// What to do when nothing is left to ask.
    mutating func conclude() -> Conclusion {
        if !stragglers.isEmpty, !hadSecondChance {
            hadSecondChance = true
            defer { stragglers = [] }
            return .secondChance(stragglers.map(\.request))
        }
        let lost = stragglers + quarantined
        guard let last = lost.last else { return .done }
        if !succeeded, lost.count >= Self.failuresWithoutSuccess { return .useless(last.reason) }
        (stragglers, quarantined) = ([], [])
        return .fail(lost)
    }
}
