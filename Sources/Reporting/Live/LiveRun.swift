import JobSpecs
import RunStore
import Support

/// What is known of a run at a moment, while it runs or later.
package struct LiveRun: Sendable, Equatable {
    package enum State: String, Sendable, Encodable, CaseIterable {
        case running
        /// Held by a process without a recent heartbeat.
        case silent
        /// No process works on it, and it is not finished: it was interrupted, or failed.
        case stopped
        /// Finished, with results. For a run in shards: all of them.
        case done
    }

    package var job: String
    package var state: State
    package var shard: Shard?
    /// The process that works on it now.
    package var holder: LockHolder?
    package var created: String?
    package var wave = 0
    /// What the engines that are up work on; nil if none is.
    package var phase: String?
    package var methods: [Method] = []
    package var engines: [Engine] = []
    /// Seconds to the end of the run; nil if no process works on it, or too little is known.
    package var secondsLeft: Double?
    /// Energy of the phases so far; nil if it was not measured.
    package var joules: Double?
    package var swaps = 0
    package var starts = 0
    /// The grader behind the accuracies; nil if answers are graded at the end.
    package var grader: String?
    /// For a run in shards.
    package var shards: [Part] = []

    /// One method on all data sets.
    @dynamicMemberLookup
    package struct Method: Sendable, Equatable {
        package var progress: MethodProgress
        /// Graded answers, and how many of them are right.
        package var graded = 0
        package var correct = 0

        /// Of the answers graded so far.
        package var accuracy: Double? { Proportion(correct, of: graded).value }

        package init(_ method: String) { progress = MethodProgress(method) }

        package subscript<Value>(dynamicMember path: WritableKeyPath<MethodProgress, Value>) -> Value {
            get { progress[keyPath: path] }
            set { progress[keyPath: path] = newValue }
        }

        package subscript<Value>(dynamicMember path: KeyPath<MethodProgress, Value>) -> Value {
            progress[keyPath: path]
        }
    }

    package struct Engine: Sendable, Equatable {
        package var engine: String
        package var requests = 0
        /// Tokens that it wrote, or read if it scores.
        package var tokens = 0
        /// Seconds with requests in flight. Of shards, which run side by side, the sum.
        package var seconds = 0.0
        package var tokensPerSecond: Double?

        package init(_ engine: String) {
            self.engine = engine
        }
    }

    /// A shard.
    package struct Part: Sendable, Equatable {
        package var shard: Shard
        /// nil if the shard has not begun, or cannot be read.
        package var run: LiveRun?
        /// Why it cannot be read.
        package var fault: String?
    }

    package init(job: String, state: State) {
        self.job = job
        self.state = state
    }

    package var total: Int { methods.reduce(0) { $0 + $1.total } }
    package var finished: Int { methods.reduce(0) { $0 + $1.finished } }
    package var failed: Int { methods.reduce(0) { $0 + $1.failed } }
    package var acceptance: Double? {
        let accepted = methods.reduce(0) { $0 + $1.accepted }
        return Proportion(accepted, of: accepted + methods.reduce(0) { $0 + $1.rejected }).value
    }

    /// Whether it may change without a process that begins to work on it.
    package var isAtWork: Bool { state == .running }
}

extension LiveRun {
    /// The shards of a run together.
    init(_ parts: [Part]) {
        let runs = parts.compactMap(\.run)
        self.init(job: runs.first?.job ?? "", state: Self.state(of: parts))
        created = runs.compactMap(\.created).min()
        wave = runs.map(\.wave).max() ?? 0
        for run in runs { add(run) }
        joules = runs.reduce(0) { sum, run in sum.flatMap { sum in run.joules.map { sum + $0 } } }
        if runs.allSatisfy({ $0.grader != nil }) { grader = runs.first?.grader }
        // They run side by side; one that waits for its turn takes nobody knows how long.
        let rest = parts.filter { $0.run?.state != .done }.map { $0.run?.secondsLeft }
        secondsLeft = rest.contains { $0 == nil } ? nil : rest.compactMap(\.self).max()
        shards = parts
    }

    private static func state(of parts: [Part]) -> State {
        let states = parts.map(\.run?.state)
        if states.contains(.running) { return .running }
        if states.allSatisfy({ $0 == .done }) { return .done }
        return states.contains(.silent) ? .silent : .stopped
    }

    private mutating func add(_ run: LiveRun) {
        swaps += run.swaps
        starts += run.starts
        for method in run.methods {
            guard let place = methods.firstIndex(where: { $0.method == method.method }) else {
                methods.append(method)
                continue
            }
            methods[place].add(method)
        }
        for engine in run.engines {
            guard let place = engines.firstIndex(where: { $0.engine == engine.engine }) else {
                engines.append(engine)
                continue
            }
            engines[place].add(engine)
        }
    }
}

extension LiveRun.Method {
    fileprivate mutating func add(_ other: LiveRun.Method) {
        progress.add(other.progress)
        graded += other.graded
        correct += other.correct
    }
}

extension LiveRun.Engine {
    fileprivate mutating func add(_ other: LiveRun.Engine) {
        requests += other.requests
        tokens += other.tokens
        seconds += other.seconds
        if let rate = other.tokensPerSecond { tokensPerSecond = (tokensPerSecond ?? 0) + rate }
    }
}
