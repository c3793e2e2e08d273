import Datasets
import Decoding
import JobSpecs
import Support

/// What the engines of a run have done, and what its trajectories wait for: the basis of a ``Forecast``. Grows with the journal.
package struct WorkDone: Sendable {
    private(set) var methods: [String: MethodWork] = [:]
    package private(set) var roles: [Role: RoleWork] = [:]
    private(set) var engines: EngineTurns
    /// Steps of finished responses, by problem and of all.
    private(set) var lengths: [ProblemName: Mean] = [:]
    private(set) var length = Mean()

    package init(_ trajectories: some Sequence<Trajectory>, engines: JobEngines) {
        self.engines = EngineTurns(engines)
        for trajectory in trajectories {
            methods[trajectory.id.method, default: MethodWork()].begin(trajectory)
        }
    }

    /// The work of earlier processes.
    ///
    /// - Throws: ``ForeignEvent``.
    package init(_ records: [JournalRecord], of job: LoadedJob) throws {
        var trajectories = TrajectorySet(job)
        self.init(trajectories, engines: JobEngines(job.spec))
        for record in records { take(record) }
        let hasGrown = records.haveGrown
        for index in records.standing {
            guard case .event(let id, let event, let origin) = records[index],
                let trajectory = try trajectories.take(event, by: id, line: index + 1, skipsUnknown: hasGrown)
            else { continue }
            take(event, asked: origin.asked, by: trajectory)
        }
    }

    /// Takes in what happened to engines.
    package mutating func take(_ record: JournalRecord) { engines.take(record) }

    package mutating func endPhase(of roles: [Role]) {
        engines.endPhase(of: Array(Set(roles.compactMap(engines.name))))
    }

    /// - Parameters:
    ///   - asked: when its request ran; nil if the response came from another trajectory's request.
    ///   - trajectory: after the event.
    package mutating func take(_ event: Event, asked: TimeSpan?, by trajectory: Trajectory) {
        methods[trajectory.id.method, default: MethodWork()].take(event, asked: asked, by: trajectory)
        if let finish = trajectory.response.finish, finish != .failed {
            lengths[trajectory.id.problemName, default: Mean()].add(trajectory.response.steps.count)
            length.add(trajectory.response.steps.count)
        }
        guard let role = event.role, let asked else { return }
        engines.worked(role)
        roles[role, default: RoleWork()].take(event, asked)
    }

    package var isFinished: Bool { methods.values.allSatisfy(\.isFinished) }

    /// Trajectories that wait for a role, of one method.
    package func waiting(for role: Role, of method: String) -> Int { methods[method]?.roles[role]?.waiting ?? 0 }
}

/// All methods' work for one role.
package struct RoleWork: Sendable {
    package private(set) var requests = 0
    /// Tokens that the model wrote, or that a PRM read.
    package private(set) var tokens = 0
    private var cost = RequestCost()
    /// Disjoint, in order.
    private var busy: [TimeSpan] = []

    /// Seconds with at least one request in flight.
    package var seconds: Double { busy.reduce(0) { $0 + $1.seconds } }

    fileprivate mutating func take(_ event: Event, _ asked: TimeSpan) {
        requests += 1
        tokens += event.modelTokens
        cost.add(load: event.load, seconds: asked.seconds)
        insert(asked)
    }

    /// Seconds that an engine needs for so many further requests at its pace so far.
    func seconds(ofRequests requests: Double, load: Double) -> Double {
        seconds * cost.share(ofRequests: requests, load: load)
    }

    /// Most spans come last.
    private mutating func insert(_ span: TimeSpan) {
        var merged = span
        var index = busy.endIndex
        while index > 0, busy[index - 1].end >= merged.begin {
            index -= 1
            guard busy[index].begin <= merged.end else { continue }
            let end = max(merged.end, busy[index].end)
            merged.begin = min(merged.begin, busy[index].begin)
            merged.seconds = end - merged.begin
            busy.remove(at: index)
        }
        busy.insert(merged, at: index)
    }
}

extension Event {
    /// Tokens that the model wrote, or read where nothing is written.
    package var modelTokens: Int {
        switch self {
        case .generated(let answer): answer.tokens
        case .scored(let answer): answer.promptTokens
        case .likelihood(let answer): answer.promptTokens
        case .failed, .retried: 0
        }
    }

    /// What the response took of an engine, in tokens written. Reading a prompt takes less: engines read all of it in one pass.
    var load: Double {
        switch self {
        case .generated(let answer): Double(answer.tokens) + Double(answer.promptTokens) / 10
        case .likelihood(let answer): Double(answer.promptTokens) / 10
        // A model that writes has read most of it before.
        case .scored(let answer) where answer.role != .prm: Double(answer.promptTokens) / 10
        case .scored, .failed, .retried: Double(modelTokens)
        }
    }
}
