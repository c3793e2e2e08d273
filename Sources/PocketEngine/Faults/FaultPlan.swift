/// The faults that a server injects, for tests of its clients.
public struct FaultPlan: Sendable, Equatable {
    /// A fault of one request.
    public enum Kind: String, Sendable, CaseIterable {
        /// The process ends as by SIGKILL.
        case die
        /// The request never gets a response.
        case hang
        /// Status 500.
        case error500 = "error-500"
        /// Half of the announced body, then the connection closes.
        case cutBody = "cut-body"
        /// A pooling response with one row too few.
        case wrongScores = "wrong-scores"
        /// A pooling response with NaN as a score, which is not JSON.
        case nanScores = "nan-scores"
        /// Status 200 with a body that is not JSON.
        case garbage
        /// A body of one byte per second, without end.
        case dribble
        /// A body sent as fast as possible, without end.
        case endless
    }

    struct RequestFault: Sendable, Equatable {
        enum Trigger: Sendable, Equatable {
            /// Every request after the first `count`, at most `times` of them.
            case after(count: Int, times: Int)
            /// Requests with this text in a prompt.
            case poison(String)
            /// Every request to this endpoint.
            case at(String)
        }

        let kind: Kind
        let trigger: Trigger
    }

    public var slowStart: Duration?
    public var dieOnStart = false
    public var ignoreTermination = false
    public var grandchild = false
    /// `/sleep` fails with status 500.
    public var sleepError = false
    /// `/wake_up` fails with status 500.
    public var wakeError = false
    /// The weights are lost in a sleep.
    public var wakeCorrupt = false
    /// Faults act only in the process that creates this file: a restarted server is healthy.
    public var onceFile: String?
    var requests: [RequestFault] = []

    public init() {}

    /// Parses `specs` as on the command line, such as `die-after=3`, `error-500-after=2:1`, `poison=TEXT:hang`,
    /// `at=/detokenize:hang`. Throws a `CheckpointError` that names an unknown spec.
    public init(specs: [String], onceFile: String? = nil) throws {
        self.onceFile = onceFile
        for spec in specs {
            guard add(spec) else { throw CheckpointError("unknown fault \(spec)") }
        }
    }

    private mutating func add(_ spec: String) -> Bool {
        let parts = spec.split(separator: "=", maxSplits: 1).map(String.init)
        switch (parts.first, parts.dropFirst().first) {
        case ("slow-start", let value?):
            guard let seconds = Double(value), (0...1e9).contains(seconds) else { return false }
            slowStart = .seconds(seconds)
        case ("die-on-start", nil): dieOnStart = true
        case ("ignore-sigterm", nil): ignoreTermination = true
        case ("grandchild", nil): grandchild = true
        case ("sleep-error", nil): sleepError = true
        case ("wake-error", nil): wakeError = true
        case ("wake-corrupt", nil): wakeCorrupt = true
        case ("poison", let value?), ("at", let value?):
            guard let colon = value.lastIndex(of: ":"), colon > value.startIndex else { return false }
            let name = value[value.index(after: colon)...]
            guard let kind = Kind(rawValue: name == "500" ? "error-500" : String(name)) else { return false }
            let place = String(value[..<colon])
            requests.append(RequestFault(kind: kind, trigger: parts[0] == "at" ? .at(place) : .poison(place)))
        case (let name?, let value?):
            let numbers = value.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
            guard name.hasSuffix("-after"), let kind = Kind(rawValue: String(name.dropLast("-after".count))),
                (1...2).contains(numbers.count), numbers.allSatisfy({ $0 >= 0 })
            else { return false }
            requests.append(
                RequestFault(
                    kind: kind,
                    trigger: .after(count: numbers[0], times: numbers.count == 2 ? numbers[1] : .max)))
        default: return false
        }
        return true
    }
}
