import RunStore

/// Decides which requests are retried or given up, and tells a bad request from a bad engine.
///
/// A request fails only if others succeed. If none does, the engine is useless.
struct FailurePolicy: Sendable {
    /// Consecutive attempts before a request waits for a restarted engine.
    static let attempts = 2
    /// Crashes of an engine that ran only this request, before the request is quarantined.
    static let soloCrashes = 2
    /// Consecutive failed requests without any success before the engine counts as useless.
    static let failuresWithoutSuccess = 3
    /// Maximum running requests after a crash, small enough that one is alone before the restarts are used up.
    static let mostAfterCrash = 64
    /// Consecutive restarts without any success.
    static let restartsWithoutProgress = 8

    /// Maximum running requests: reduced after a crash, and raised by one with each success.
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

    /// An attempt failed although the engine is alive.
    ///
    /// - Returns: whether to retry now.
    mutating func failure(_ request: RequestFingerprint, reason: String) -> Bool {
        failures[request, default: hadSecondChance ? Self.attempts - 1 : 0] += 1
        if failures[request, default: 0] < Self.attempts { return true }
        failures[request] = nil
        stragglers.append(Failure(request: request, reason: reason))
        return false
    }

    /// The engine died or hung with these requests running.
    ///
    /// A request that kills the engine is found by running fewer and fewer at once.
    ///
    /// - Returns: the requests to retry, or nil if the engine is useless.
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
        /// Retry these after a restart.
        case secondChance([RequestFingerprint])
        case fail([Failure])
        /// No request succeeded.
        case useless(String)
    }

    struct Failure: Sendable, Equatable {
        var request: RequestFingerprint
        var reason: String
    }

    /// Decides what to do when no requests are left.
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
