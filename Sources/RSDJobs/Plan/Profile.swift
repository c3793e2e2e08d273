import Datasets
import Decoding
import JobSpecs
import Reporting
import Support

/// Lengths, rewards and speeds observed in a run.
struct Profile: Sendable {
    /// The same problems where the run has them; any other problem behaves like one of these.
    let workload: WorkloadModel
    /// Without starts.
    private let speeds: [EngineID: EngineSpeed]
    private let starts: SeenStarts
    /// nil if no method drew candidates.
    private let sameness: Double?

    /// How far another run's times may deviate, as a share.
    private static let slack = 0.35

    /// The cases to simulate, the expected one first: each problem as it went, then shuffled.
    var cases: [WorkloadModel] {
        let draws = sameness.map { [$0, $0] } ?? [Assumptions.usualSameness.low, Assumptions.usualSameness.high]
        return [workload]
            + draws.flatMap { sameness in
                var same = workload
                same.sameness = sameness
                var others = same
                others.known = [:]
                return [same, same, others, others]
            }
    }

    /// - Throws: ``UnusableRun`` if it has no finished answers.
    init(_ run: StoredRun) throws(UnusableRun) {
        var logs: [ProblemName: ProblemLog] = [:]
        for case .event(let id, let event, let origin) in run.records where origin.asked != nil {
            logs[id.problemName, default: ProblemLog()].add(event)
        }
        for trajectory in run.trajectories {
            guard let finish = trajectory.response.finish, finish != .failed else { continue }
            logs[trajectory.id.problemName]?.add(trajectory.response.steps)
        }
        var all = ProblemLog()
        for log in logs.values { all.add(log) }
        let known = logs.compactMapValues { $0.problemProfile(lacking: all) }
        guard !known.isEmpty else {
            throw UnusableRun(description: "\(run.directory.url.path) has no finished answers to take a profile from")
        }
        let order = known.keys.sorted { ($0.dataset, $0.problem) < ($1.dataset, $1.problem) }
        sameness = all.draws.sameness
        workload = WorkloadModel(
            known: known, usual: order.compactMap { known[$0] },
            sameness: all.draws.sameness ?? Assumptions.usualSameness.expected, tokensPerByte: 0)
        starts = SeenStarts(run.records)
        speeds = Self.speeds(run)
    }

    private static func speeds(_ run: StoredRun) -> [EngineID: EngineSpeed] {
        let (counts, seconds) = (RunCounts(run), run.figures.seconds)
        let engines = JobEngines(run.job.spec)
        func around(_ value: Double) -> PlanRange { PlanRange(around: value, slack: slack) }
        // In runs of earlier versions each role had an engine of its own.
        let served = Dictionary(grouping: counts.work.keys) { role in
            let own = EngineID(role.rawValue)
            return seconds.busy[own.name] == nil ? engines[role] ?? own : own
        }
        return served.reduce(into: [:]) { speeds, served in
            let (engine, roles) = served
            // Prompts are read quickly and come mostly from the cache, except those of a PRM.
            let tokens = roles.reduce(0.0) { sum, role in
                let work = counts.work[role] ?? .init()
                return sum + Double(work.written) + (role == .prm ? 1 : 0.05) * Double(work.read)
            }
            let waking = (seconds.waking[engine.name] ?? 0) / Double(max(1, counts.wakes[engine] ?? 0))
            let token = (seconds.busy[engine.name] ?? 0) / max(1, tokens)
            speeds[engine] = EngineSpeed(
                start: PlanRange(exactly: 0), wake: around(waking), read: around((roles == [.prm] ? 1 : 0.05) * token),
                written: around(token), serial: PlanRange(exactly: 0))
        }
    }

    /// The speed of an engine in the run; nil if the run had no such engine.
    ///
    /// - Parameters:
    ///   - isWarm: whether its starts are to be warm.
    ///   - assumed: values for what the run did not show.
    func speed(of engine: EngineID, isWarm: Bool, assumed: EngineSpeed) -> EngineSpeed? {
        guard var speed = speeds[engine] else { return nil }
        speed.start = starts.seconds(engine, isWarm: isWarm, assumed: assumed.start, slack: Self.slack)
        return speed
    }

    /// See ``SeenStarts/caution(_:isWarm:)``.
    func caution(isWarm: Bool) -> String? { starts.caution(Array(speeds.keys), isWarm: isWarm) }
}

/// A run that cannot serve as a profile or for a comparison.
package struct UnusableRun: ProgramError, Equatable {
    package var description: String
    package var explanation: Explanation { Explanation("run-unusable", .badJob, description, remedy: nil) }
}

extension Profile {
    /// What a run recorded about one problem, or about all.
    private struct ProblemLog {
        var lengths: [Int] = []
        private var steps: [Role: Int] = [:]
        private var tokens: [Role: Int] = [:]
        private var prompts: [Role: Int] = [:]
        private(set) var draws = Draws()
        /// By the step's position.
        private var rewards: [[Double]] = []

        mutating func add(_ event: Event) {
            switch event {
            case .generated(let answer):
                steps[answer.role, default: 0] += answer.steps.count { !$0.text.isEmpty }
                tokens[answer.role, default: 0] += answer.tokens
                note(prompt: answer.promptTokens, of: answer.role)
            case .scored(let answer) where answer.role == .prm:
                steps[.prm, default: 0] += answer.tokens.count
                tokens[.prm, default: 0] += answer.tokens.reduce(0, +)
                note(prompt: answer.promptTokens - answer.tokens.reduce(0, +), of: .prm)
            case .scored, .likelihood, .failed, .retried: break
            }
        }

        /// Adds a finished response.
        mutating func add(_ response: [Step]) {
            lengths.append(response.count)
            for (place, step) in response.enumerated() {
                draws.add(step)
                guard let reward = step.rejected?.reward ?? (step.origin == .draft ? step.reward : nil) else {
                    continue
                }
                note([reward], at: place)
            }
        }

        private mutating func note(_ some: [Double], at place: Int) {
            while rewards.count <= place { rewards.append([]) }
            rewards[place] += some
        }

        mutating func add(_ other: ProblemLog) {
            lengths += other.lengths
            draws.add(other.draws)
            for (place, some) in other.rewards.enumerated() { note(some, at: place) }
            steps.merge(other.steps, uniquingKeysWith: +)
            tokens.merge(other.tokens, uniquingKeysWith: +)
            for (role, prompt) in other.prompts { note(prompt: prompt, of: role) }
        }

        /// The shortest prompt is that of the first request, before any steps.
        private mutating func note(prompt: Int, of role: Role) {
            prompts[role] = min(prompts[role] ?? .max, prompt)
        }

        /// nil if nothing is finished.
        func problemProfile(lacking all: ProblemLog) -> ProblemProfile? {
            guard !lengths.isEmpty else { return nil }
            var perStep: [Role: Double] = [:]
            for role in Role.allCases {
                let log = steps[role, default: 0] > 0 ? self : all
                perStep[role] = Double(log.tokens[role] ?? 0) / Double(max(1, log.steps[role] ?? 0))
            }
            // After the last judged position, any reward of the problem, or of any problem, may occur.
            let any = [rewards, all.rewards].map { $0.flatMap(\.self) }.first { !$0.isEmpty } ?? [1]
            return ProblemProfile(
                steps: Double(lengths.reduce(0, +)) / Double(lengths.count), stepTokens: perStep,
                promptTokens: prompts.merging(all.prompts) { own, _ in own },
                rewards: rewards.map { $0.isEmpty ? any : $0 } + [any])
        }
    }
}

/// Candidates drawn for the same step.
private struct Draws {
    private var all = 0
    /// Those equal to the most frequent one.
    private var likeliest = 0

    mutating func add(_ step: Step) {
        guard let alternatives = step.alternatives, !alternatives.isEmpty else { return }
        let texts = [step.text] + alternatives.map(\.text)
        let counts = Dictionary(texts.map { ($0, 1) }, uniquingKeysWith: +)
        all += texts.count
        likeliest += counts.values.max() ?? 0
    }

    mutating func add(_ other: Draws) {
        all += other.all
        likeliest += other.likeliest
    }

    /// nil if nothing was drawn in parallel.
    var sameness: Double? { all > 0 ? Double(likeliest) / Double(all) : nil }
}
