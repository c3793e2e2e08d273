import ModelLifecycle
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// What holds of the scheduler however answers, failures, crashes and stops fall together.
@Suite("The scheduler, whatever comes in whatever order")
struct SchedulerPropertyTests {
    private static let groups: [[[EngineID]]] = [
        [["draft"], ["prm"], ["target"]], [["draft", "prm"], ["target"]], [["draft", "prm", "target"]],
    ]

    /// A job and what its models say.
    private struct World: Sendable {
        let job: LoadedJob
        let models: SimulatedModels

        init(seed: UInt64) throws {
            let methods = [
                "[{ rsd: { threshold: [0.5, 0.8] } }, target_only, { majority: { n: 3 } }, { specreason: { threshold: 6 } }]",
                "[{ process_best_of_n: { n: 3 } }, { beam_search: { n: 4, beams: 2 } }, { rsd: { threshold: 0.7 } }]",
                "[{ rsd: { weighting: constant, p: 0.5 } }]",
                "[{ dvts: { n: 4, width: 2 } }, { beam_search: { n: 4, width: 2, finished: leave, distinct: true } }]",
            ]
            job = try SimulationTests.job(
                methods: methods[Int(seed % 4)], temperature: seed % 2 == 0 ? "0" : "0.8", problems: 3)
            models = SimulationTests.models(job, luck: seed)
        }

        func scheduler(
            _ groups: [[EngineID]], limit: Int, tail: TailRule? = nil, after journal: [JournalRecord] = []
        ) throws -> Scheduler {
            var trajectories = TrajectorySet(job)
            _ = try trajectories.replay(journal)
            var responses = ResponseCache()
            responses.add(journal.named(by: job, as: SpecIdentity(job)))
            let engines = JobEngines(job.spec)
            let needed = groups.map { $0.filter(engines.all.contains) }.filter { !$0.isEmpty }
            return Scheduler(
                RequestScope(job), engines: engines, groups: needed,
                limits: Dictionary(uniqueKeysWithValues: engines.all.map { ($0, limit) }), tail: tail,
                trajectories: trajectories, responses: responses)
        }

        /// All engines at once from a random moment on.
        func tail(_ dice: inout SeededRandom) -> TailRule {
            let count = Int.random(in: 1...TrajectorySet(job).count, using: &dice)
            return TailRule(.last(count), leastGain: 0, costs: ArrivalCosts(starts: [:], next: [:], later: [:])) { _ in
                9
            }
        }
    }

    /// How things go wrong.
    private struct Trouble {
        var crashes = 0
        var failures = 0
        /// The problem that no model can answer anything about.
        var impossible: String?
        var stops = false
        /// Engines that do not come up together.
        var tailFailures = 0
    }

    /// Lets things happen in a random order until the scheduler is at its end.
    private func play(
        _ bench: inout SchedulerBench, _ world: World, _ trouble: Trouble, _ dice: inout SeededRandom
    ) {
        var trouble = trouble
        var down: EngineID?
        // Steps shown of the solutions that are followed.
        var shown = bench.shown
        bench.start()
        var steps = 0
        while bench.ending == nil, bench.faults.isEmpty {
            steps += 1
            guard steps < 100_000 else {
                Issue.record("no end in sight")
                return
            }
            var moves: [(inout SchedulerBench) -> Void] = []
            if bench.isActivating {
                moves.append {
                    down = nil
                    $0.handle(.activated)
                }
            }
            if bench.scheduler.isTail, bench.isActivating || bench.restarting != nil, trouble.tailFailures > 0 {
                moves.append {
                    trouble.tailFailures -= 1
                    down = nil
                    $0.handle(.unavailable(reason: "no memory"))
                }
            }
            if let engine = bench.restarting {
                moves.append {
                    down = nil
                    $0.handle(.restarted(engine))
                }
            }
            if !bench.unrecorded.isEmpty { moves.append { $0.recordNext() } }
            if bench.isDraining, Int.random(in: 0..<20, using: &dice) == 0 { moves.append { $0.handle(.drained) } }
            // In an order of its own, since a dictionary's is another in each process.
            let running = bench.running.sorted { $0.key.digest < $1.key.digest }
            if let (fingerprint, entry) = running.randomElement(using: &dice) {
                let isLost = entry.engine == down || bench.cancelled.contains(fingerprint)
                let chance = Int.random(in: 0..<12, using: &dice)
                let event: SchedulerEvent
                let answer = world.models.answer(entry.request)
                if bench.ended.contains(fingerprint), !isLost, case .generated(let whole) = answer {
                    // The engine may have written more by then, or all.
                    let steps = Int.random(in: (shown[fingerprint] ?? 1)...whole.steps.count, using: &dice)
                    event = .answered(
                        fingerprint, .generated(steps == whole.steps.count ? whole : whole.first(steps)),
                        asked: TimeSpan(begin: 1, seconds: 1))
                } else if entry.request.isFollowed, chance > 3, !isLost, case .generated(let whole) = answer,
                    shown[fingerprint, default: 0] < whole.steps.count - 1
                {
                    let steps = Int.random(in: shown[fingerprint, default: 0] + 1..<whole.steps.count, using: &dice)
                    event = .progressed(fingerprint, whole.first(steps))
                } else if isLost, chance < 10 {
                    event = .failed(fingerprint, .unsent)
                } else if entry.request.id.problem == trouble.impossible {
                    event = .failed(fingerprint, .permanent("too long"))
                } else if trouble.failures > 0, chance == 0 {
                    trouble.failures -= 1
                    event = .failed(fingerprint, .attempt("answered 500"))
                } else {
                    event = .answered(fingerprint, answer, asked: TimeSpan(begin: 1, seconds: 1))
                }
                moves.append { $0.handle(event) }
                // A request that is alone at two crashes is given up.
                if trouble.crashes > 0, down == nil, chance == 1,
                    running.count(where: { $0.value.engine == entry.engine }) > 1
                {
                    trouble.crashes -= 1
                    down = entry.engine
                }
            }
            if let down, bench.restarting == nil { moves.append { $0.handle(.trouble(.died(down, how: "signal 9"))) } }
            if trouble.stops, Int.random(in: 0..<60, using: &dice) == 0 { moves.append { $0.handle(.stopRequested) } }
            guard let move = moves.randomElement(using: &dice) else {
                Issue.record("nothing to wait for")
                return
            }
            move(&bench)
            shown = bench.shown
        }
        #expect(bench.faults == [])
    }

    /// - Parameter isExact: whether also the numbers of tokens written and read in vain count, which depend on what is up together.
    private func results(_ trajectories: TrajectorySet, isExact: Bool = true) -> [String] {
        trajectories.map {
            var tokens = $0.response.tokens
            if !isExact { (tokens.draft.lookahead, tokens.prm.prompt) = (0, 0) }
            return "\($0.id) \($0.response.finish as Any) \($0.response.steps) \(tokens) "
                + (isExact ? "\($0.response.waves)" : "")
        }
    }

    /// The results when everything comes at once and in order.
    private func expected(_ world: World, _ groups: [[EngineID]], isExact: Bool = true) throws -> [String] {
        var bench = SchedulerBench(try world.scheduler(groups, limit: .max))
        bench.start()
        while bench.ending == nil {
            if bench.isActivating {
                bench.handle(.activated)
            } else if !bench.unrecorded.isEmpty {
                bench.recordNext()
            } else if let (fingerprint, entry) = bench.running.min(by: { $0.key.digest < $1.key.digest }) {
                bench.handle(.answered(fingerprint, world.models.answer(entry.request), asked: nil))
            }
        }
        return results(bench.scheduler.trajectories, isExact: isExact)
    }

    @Test(
        "the order in which answers come changes no result, and nothing is asked or recorded twice", arguments: 0..<12)
    func order(seed: UInt64) throws {
        let world = try World(seed: seed)
        var dice = SeededRandom(seed: seed)
        let limit = [1, 2, 5, .max][Int(seed / 3 % 4)]
        var bench = SchedulerBench(try world.scheduler(Self.groups[Int(seed % 3)], limit: limit))
        play(&bench, world, Trouble(), &dice)
        guard case .finish? = bench.ending else {
            Issue.record("\(bench.ending as Any)")
            return
        }
        #expect(results(bench.scheduler.trajectories) == (try expected(world, Self.groups[Int(seed % 3)])))
        #expect(
            results(bench.scheduler.trajectories, isExact: false)
                == (try expected(world, Self.groups[0], isExact: false)))
        // What was stopped is asked again by those who need more.
        #expect(
            bench.sent.allSatisfy { $0.value == 1 || bench.endedEarly.contains($0.key) }
                || world.job.spec.methods.count == 1)
        var replayed = TrajectorySet(world.job)
        _ = try replayed.replay(bench.journal)
        #expect(results(replayed) == results(bench.scheduler.trajectories))
    }

    @Test(
        "engines that come up together at whatever moment, or fail to, change no result and ask nothing twice",
        arguments: 0..<36)
    func tail(seed: UInt64) throws {
        let world = try World(seed: seed)
        let groups = Self.groups[Int(seed / 3 % 2)]
        var dice = SeededRandom(seed: seed ^ 0x7a11)
        var journal: [JournalRecord] = []
        for round in 0..<20 {
            let rule = world.tail(&dice)
            var bench = SchedulerBench(try world.scheduler(groups, limit: 3, tail: rule, after: journal))
            let trouble = Trouble(
                crashes: Int(seed % 3), failures: Int(seed % 2), stops: seed % 4 == 3 && round < 10,
                tailFailures: Int.random(in: 0...2, using: &dice))
            play(&bench, world, trouble, &dice)
            journal += bench.journal
            if case .stop? = bench.ending { continue }
            guard case .finish? = bench.ending else {
                Issue.record("\(bench.ending as Any)")
                return
            }
            #expect(results(bench.scheduler.trajectories) == (try expected(world, groups)))
            var replayed = TrajectorySet(world.job)
            _ = try replayed.replay(journal)
            #expect(results(replayed) == results(bench.scheduler.trajectories))
            return
        }
        Issue.record("never finished")
    }

    @Test("crashes and failures cost attempts and no results", arguments: 0..<12)
    func failures(seed: UInt64) throws {
        let world = try World(seed: seed)
        var dice = SeededRandom(seed: seed ^ 0xf00d)
        var bench = SchedulerBench(try world.scheduler(Self.groups[Int(seed / 2 % 3)], limit: 4))
        play(&bench, world, Trouble(crashes: 4, failures: 1), &dice)
        guard case .finish? = bench.ending else {
            Issue.record("\(bench.ending as Any)")
            return
        }
        let groups = Self.groups[Int(seed / 2 % 3)]
        let (found, wanted) = (results(bench.scheduler.trajectories), try expected(world, groups))
        #expect(found == wanted, "\(zip(found, wanted).filter { $0 != $1 })")
    }

    @Test("who cannot be answered fails with the reason, and nobody else does", arguments: 0..<6)
    func impossible(seed: UInt64) throws {
        let world = try World(seed: seed)
        var dice = SeededRandom(seed: seed ^ 0xbad)
        let problem = try #require(TrajectorySet(world.job).first?.id.problem)
        var bench = SchedulerBench(try world.scheduler(Self.groups[Int(seed % 3)], limit: 3))
        play(&bench, world, Trouble(crashes: 2, impossible: problem), &dice)
        guard case .finish? = bench.ending else {
            Issue.record("\(bench.ending as Any)")
            return
        }
        for trajectory in bench.scheduler.trajectories {
            let isImpossible = trajectory.id.problem == problem
            #expect((trajectory.response.finish == .failed) == isImpossible)
            #expect(trajectory.response.failure == (isImpossible ? "too long" : nil))
        }
        #expect(TrajectorySet(world.job).count == bench.scheduler.trajectories.finishedCount)
        var replayed = TrajectorySet(world.job)
        _ = try replayed.replay(bench.journal)
        #expect(results(replayed) == results(bench.scheduler.trajectories))
    }

    @Test(
        "a run that is stopped and resumed, again and again, comes to the same and pays nothing twice",
        arguments: 0..<12)
    func resumption(seed: UInt64) throws {
        let world = try World(seed: seed)
        var dice = SeededRandom(seed: seed ^ 0x57)
        var journal: [JournalRecord] = []
        let groups = Array(Self.groups[(seed % 2 == 0 ? 0..<1 : 1..<3)])
        for round in 0..<50 {
            let group = groups[Int(dice.next() % UInt64(groups.count))]
            var bench = SchedulerBench(try world.scheduler(group, limit: 3, after: journal))
            play(&bench, world, Trouble(crashes: 1, stops: round < 40), &dice)
            journal += bench.journal
            if case .stop? = bench.ending { continue }
            guard case .finish? = bench.ending else {
                Issue.record("\(bench.ending as Any)")
                return
            }
            #expect(results(bench.scheduler.trajectories) == (try expected(world, groups[0])))
            return
        }
        Issue.record("never finished")
    }
}
