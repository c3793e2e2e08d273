import ModelLifecycle

/// The number of requests to keep in flight to an engine, from what it reports: enough that its running batch is full, with a short
/// queue behind it, and not so many that it preempts sequences for want of cache, whose tokens it then computes again.
///
/// Grows by an eighth while the engine could run more, and falls to what fits when it has preempted; from then on it grows slowly.
struct AdaptiveLimit: Sendable, Equatable {
    private(set) var value: Int
    private let most: Int
    private var preemptions: Double?
    /// Whether the engine's cache has once been too small for all.
    private var isCacheBound = false

    /// Share of the cache in use above which a larger batch is not tried.
    static let fullCache = 0.9

    /// - Parameter most: what the engine takes at once; also the start.
    init(most: Int) {
        value = most
        self.most = most
    }

    /// Takes in a reading.
    ///
    /// - Parameter inFlight: requests in flight.
    mutating func note(_ metrics: EngineMetrics, inFlight: Int) {
        let running = Int(bounding: metrics.requestsRunning)
        let waiting = Int(bounding: metrics.requestsWaiting)
        // A restarted engine counts from 0.
        let isPreempting = preemptions.map { metrics.preemptions > $0 } ?? (metrics.preemptions > 0)
        preemptions = metrics.preemptions
        if isPreempting {
            isCacheBound = true
            // What runs now fits now, and its sequences grow.
            value = max(1, min(value, running) - max(1, min(value, running) / 16))
        } else if waiting > Self.queue(running), running > 0 {
            value = min(value, running + Self.queue(running))
        } else if waiting == 0, inFlight >= value, metrics.cacheUse < Self.fullCache {
            value = min(most, value + max(1, value / (isCacheBound ? 32 : 8)))
        }
    }

    /// Requests that should wait behind a batch, so that its places are taken at once.
    private static func queue(_ running: Int) -> Int { max(16, running / 8) }
}
