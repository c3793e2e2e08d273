import Checkpoints
import Decoding
import JobSpecs
import ModelLifecycle
import Reporting
import Runner
import Support

extension Job {
    /// Estimates a job's time and cost. Starts nothing and writes nothing.
    ///
    /// - Parameters:
    ///   - profile: a run with similar models and engines; nil uses assumptions.
    ///   - node: the machine to plan for, as far as it is not this one.
    /// - Throws: ``ResidencyImpossible``, ``UnusableRun``, or `CancellationError`.
    package static func plan(
        _ job: LoadedJob, profile: StoredRun? = nil, node: PlannedNode = PlannedNode()
    ) async throws -> JobPlan {
        try await plan(job, profile: profile, node: node, simulating: 2000)
    }

    /// - Parameter limit: a job with more trajectories than this is simulated in part.
    static func plan(
        _ job: LoadedJob, profile run: StoredRun? = nil, node: PlannedNode = PlannedNode(), simulating limit: Int
    ) async throws -> JobPlan {
        let spec = job.spec
        let machine = try await machine(of: spec, node)
        let dialect = spec.engine.dialect
        let requests = await RequestsInFlight(spec, on: machine, dialect: dialect)
        let residency = try residency(of: job, on: machine, requests)
        let profile = try run.map { run throws(UnusableRun) in try Profile(run) }
        let assumptions = Assumptions(spec.decoding, thinks: job.thinks)
        let engines = JobEngines(spec)
        let roles = residency.groups.joined().flatMap(engines.roles)
        let demands = ModelDemand.all(of: spec, models: job.memory, on: machine, requests: requests)
        let sideBySide = residency.sideBySide(
            demands, answering: assumptions.tokens.expected, on: machine, of: spec.engine)
        let hardware = spec.engine.kind.hardware(machine)
        let isWarm = spec.engine.startsWarm
        var speeds: [EngineID: EngineSpeed] = [:]
        var isGuessed = false
        for demand in demands {
            let size = engines.namesake(of: demand.engine).flatMap(job.size)
            // If the number of weights is unknown, their bytes are a guess.
            let assumed = hardware.speed(
                parameters: size?.parameters ?? demand.weights, weights: demand.weights, gpus: demand.gpus,
                concurrency: sideBySide[demand.engine] ?? 1, isWarm: isWarm)
            let seen = profile?.speed(of: demand.engine, isWarm: isWarm, assumed: assumed)
            isGuessed = isGuessed || seen == nil
            speeds[demand.engine] = seen ?? assumed
        }
        let (sample, factor) = job.sample(trajectories: limit)
        let tail = PlannedTail(
            TailPlan(spec, models: job.memory, on: machine, requests: requests, residency), of: job, residency, speeds)
        let cases = profile?.cases ?? assumptions.cases
        let simulations = try await simulate(
            sample, residency, tail.rule(spec.engine.tail)?.scaled(by: factor), cases: cases
        ).map { $0.scaled(by: factor) }
        var basis = profile == nil ? assumptions.sentences : []
        if let run {
            let caution = profile?.caution(isWarm: isWarm)
            isGuessed = isGuessed || caution != nil
            basis.append(
                "observed in \(run.directory.url.relativePath)" + (caution.map { "; \($0)" } ?? ""))
        }
        if isGuessed {
            basis += hardware.sentences(isWarm: isWarm, gpus: demands.map(\.gpus.gpus).max() ?? 1)
            let counts = demands.map { "\($0.engine.title) \(sideBySide[$0.engine] ?? 1)" }.joined(separator: ", ")
            basis.append("concurrent requests, as engine settings and caches allow: \(counts)")
        }
        if node.gpuMemory != nil, let sample = node.gpus(named: "A100", atLeast: 1),
            await RequestsInFlight(spec, on: .gpu(sample, nil), dialect: dialect) != requests
        {
            basis.append(
                "a GPU other than an A100, on which vLLM runs fewer concurrent sequences: to plan for an A100, set "
                    + "`args: { max-num-seqs: 256 }` in the job's `engine` section")
        }
        basis += job.sizeSentences
        if factor > 1 {
            basis.append(
                "simulated with 1 in \(NumberFormat.fixed(factor, 1)) problems and scaled up")
        }
        if case .unknown = machine {
            basis.append("no GPU memory is known; to plan for another machine's GPU, use --gpu-memory")
        }
        let figures = JobPlan.figures(
            simulations, of: roles, on: engines, speeds: speeds,
            imports: isWarm && isGuessed ? hardware.warm?.imports : nil,
            slack: profile == nil ? 0 : Self.profileSlack)
        return JobPlan(
            job: spec.name, methods: spec.methods.count, problems: job.problems.values.reduce(0) { $0 + $1.count },
            trajectories: job.trajectoryCount,
            models: demands.compactMap { demand in
                guard let role = engines.namesake(of: demand.engine) else { return nil }
                let others = engines.roles(of: demand.engine).filter { $0 != role }
                return JobPlan.Model(
                    role: role, also: others.isEmpty ? nil : others, parameters: job.size(of: role)?.parameters,
                    parametersFrom: job.size(of: role)?.source, weights: demand.weights,
                    cache: demand.cachePerToken.times(demand.context),
                    gpus: demand.gpus.gpus > 1 ? demand.gpus.gpus : nil)
            },
            gpus: spec.engine.kind.usesGPU && residency.residency != .attach ? spec.gpus : nil,
            residency: residency.residency, reason: residency.reason ?? machine.unknownReason,
            groups: JobPlan.groups(residency, engines, demands, on: machine, of: spec.engine), basis: basis,
            figures: figures, costs: JobPlan.costs(figures),
            tail: try await tail.figures(of: simulations[0], on: engines, speeds: speeds) { rule in
                try await simulate(sample, residency, rule?.scaled(by: factor), cases: [cases[0]])[0].scaled(by: factor)
            })
    }

    /// Uncertainty of predicting one run from another, in addition to the spread of simulations.
    private static let profileSlack = 0.2

    private static func machine(of spec: JobSpec, _ node: PlannedNode) async throws -> MachineMemory {
        if let devices = node.gpus(atLeast: spec.gpus) {
            return try MachineMemory.gpu(devices, node.host ?? HostMemory.now()).reduced(to: spec.gpus)
        }
        do {
            return node.completing(try await MachineMemory.measure(for: spec, dialect: spec.engine.dialect))
        } catch {
            return .unknown("\(error)")
        }
    }

    private static func residency(
        of job: LoadedJob, on machine: MachineMemory, _ requests: RequestsInFlight
    ) throws -> ResidencyPlan {
        do {
            return try ResidencyPlan(job.spec, models: job.memory, on: machine, requests: requests)
        } catch let error as ResidencyImpossible {
            guard case .unknown = machine else { throw error }
            let remedies = [error.remedy, "To plan for another machine's GPU, use --gpu-memory."]
            throw ResidencyImpossible(error.summary, remedy: remedies.compactMap(\.self).joined(separator: " "))
        }
    }

    private static func simulate(
        _ job: LoadedJob, _ residency: ResidencyPlan, _ tail: TailRule?, cases: [WorkloadModel]
    ) async throws -> [RunCounts] {
        let bytes = job.prompts.mapValues(\.bytes)
        var job = job
        let end = job.beginThoughtsInPrompts()
        return try await withThrowingTaskGroup(of: (Int, RunCounts).self) { group in
            for (luck, workload) in cases.enumerated() {
                let job = job
                group.addTask {
                    let models = SimulatedModels(
                        workload: workload, delimiter: job.spec.decoding.delimiter,
                        temperature: job.spec.decoding.temperature, endOfThoughts: end,
                        readsStepsApart: job.spec.models[.prm]?.profile?.readsStepsApart ?? false,
                        promptBytes: { bytes[$0] ?? 0 }, luck: UInt64(luck))
                    let simulation = Simulation(
                        job: job, residency: residency.residency,
                        groups: residency.groups, models: models, tail: tail)
                    return (luck, try simulation.run())
                }
            }
            var counts: [Int: RunCounts] = [:]
            for try await (luck, result) in group { counts[luck] = result }
            return cases.indices.compactMap { counts[$0] }
        }
    }
}

extension JobPlan {
    fileprivate static func groups(
        _ plan: ResidencyPlan, _ engines: JobEngines, _ demands: [ModelDemand], on machine: MachineMemory,
        of engine: EngineSpec
    ) -> [Group] {
        let pool = machine.pool(ceiling: nil)
        return plan.groups.map { group in
            let roles = group.flatMap(engines.roles)
            guard plan.residency != .attach else { return Group(roles: roles, need: 0) }
            let members = demands.filter { group.contains($0.engine) }
            let sleepers = plan.residency == .sleep ? demands.count - members.count : 0
            let need = MemoryNeed(
                members, in: pool ?? MemoryPool(name: "", isGPU: true, total: 0, free: 0),
                footprint: engine.kind.footprint(machine), sleepers: sleepers)
            return Group(roles: roles, need: need.total, budget: pool?.budget)
        }
    }
}

extension ResidencyPlan {
    /// Concurrent requests of each engine, as its settings and cache allow.
    fileprivate func sideBySide(
        _ demands: [ModelDemand], answering tokens: Double, on machine: MachineMemory, of engine: EngineSpec
    ) -> [EngineID: Int] {
        var counts = Dictionary(uniqueKeysWithValues: demands.map { ($0.engine, $0.sideBySide) })
        guard residency != .attach, engine.kind.dividesMemory, let pool = machine.pool(ceiling: nil) else {
            return counts
        }
        for group in groups {
            let members = demands.filter { group.contains($0.engine) }
            let sleepers = residency == .sleep ? demands.count - members.count : 0
            let shares = try? MemoryShares(
                members, in: pool, footprint: engine.kind.footprint(machine), sleepers: sleepers)
            for demand in members {
                guard let cache = shares?.caches[demand.engine] else { continue }
                counts[demand.engine] = max(
                    1, min(demand.sideBySide, demand.requests(inCache: cache, answering: tokens)))
            }
        }
        return counts
    }
}

extension LoadedJob {
    /// The size of the model that generates an engine's text.
    fileprivate func size(of role: Role) -> ModelSize? { models[role.models[0]]?.size }

    /// The job with a sample of its problems, of about `limit` trajectories, and the factor to scale results up by.
    fileprivate func sample(trajectories limit: Int) -> (job: LoadedJob, factor: Double) {
        let all = trajectoryCount
        let every = (all + limit - 1) / limit
        guard every > 1 else { return (self, 1) }
        var job = self
        job.problems = problems.mapValues { problems in
            stride(from: 0, to: problems.count, by: every).map { problems[$0] }
        }
        return (job, Double(all) / Double(max(1, job.trajectoryCount)))
    }
}

extension LoadedJob {
    /// Each model's N and its source.
    fileprivate var sizeSentences: [String] {
        Role.named.compactMap { role in
            guard let size = models[role]?.size else { return nil }
            guard let count = size.parameters else { return size.fault(of: role) }
            let all = size.total.flatMap { $0 == count ? nil : " of \(NumberFormat.si($0))" } ?? ""
            return "the \(role.rawValue)'s N, \(NumberFormat.si(count))\(all): \(size.source)"
        }
    }
}

extension ProblemPrompt {
    fileprivate var bytes: Int {
        switch form {
        case .text(let text): text.utf8.count
        case .chat(let messages): messages.reduce(0) { $0 + $1.content.utf8.count }
        }
    }
}

extension MachineMemory {
    fileprivate var unknownReason: String? {
        guard case .unknown(let why) = self else { return nil }
        return "it is unknown which models fit together: \(why)"
    }
}

extension Assumptions {
    /// The assumptions in sentences.
    var sentences: [String] {
        func range(_ range: PlanRange, _ words: (Double) -> String) -> String {
            let ends = (words(min(range.low, range.high)), words(max(range.low, range.high)))
            return "\(ends.0) to \(ends.1) (\(words(range.expected)) likely)"
        }
        func number(_ value: Double) -> String { NumberFormat.fixed(value, 0) }
        return [
            "a solution takes \(range(steps, number)) steps and \(range(tokens, number)) tokens, a third more or less by problem",
            "the PRM, or a target that judges, gives \(range(goodSteps) { NumberFormat.percent($0, places: 0) }) of draft steps a reward of at least "
                + "\(Self.goodReward), and any lower reward, equally likely, to the others",
            "a sampled step is the most likely one in \(range(sameness) { NumberFormat.percent($0, places: 0) }) of cases",
            "a prompt has \(range(tokensPerByte) { NumberFormat.fixed($0, 2) }) tokens per byte",
        ]
    }
}

extension LoadedJob {
    /// Makes every response begin within its thoughts, as simulated ones do.
    ///
    /// - Returns: the text that ends them; nil if the PRM sees them, or there are none.
    fileprivate mutating func beginThoughtsInPrompts() -> String? {
        guard case .marked(var marks) = spec.thinking, marks.prm == .hidden else { return nil }
        marks.open = [.draft, .target]
        spec.thinking = .marked(marks)
        return marks.end
    }
}
