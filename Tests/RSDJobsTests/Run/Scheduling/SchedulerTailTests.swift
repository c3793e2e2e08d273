import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("The scheduler at the end of a run") struct SchedulerTailTests {
    private static let apart: [[EngineID]] = [["draft"], ["prm"], ["target"]]

    private func bench(
        _ tail: TailSpec, _ methods: String = "[{ rsd: { threshold: 0.5 } }]", problems: Int = 3,
        groups: [[EngineID]] = apart, lookahead: String = "auto",
        room: @escaping @Sendable ([EngineID]) -> Int? = { _ in 9 }
    ) throws -> SchedulerBench {
        let job = try SimulationTests.job(methods: methods, lookahead: lookahead, problems: problems)
        let engines = JobEngines(job.spec)
        var bench = SchedulerBench(
            Scheduler(
                RequestScope(job), engines: engines,
                groups: groups.map { $0.filter(engines.all.contains) }.filter { !$0.isEmpty },
                tail: TailRule(
                    tail, leastGain: 0, costs: ArrivalCosts(starts: [:], next: [:], later: [:]), room: room),
                trajectories: TrajectorySet(job), responses: ResponseCache()))
        bench.start()
        return bench
    }

    private func isFinish(_ bench: SchedulerBench) -> Bool { if case .finish? = bench.ending { true } else { false } }

    /// The first problem needs nothing more after the draft's and PRM's first turn, all others need the target.
    private func answer(_ request: InferenceRequest) -> Event {
        switch request.need {
        case .generate, .likelihood: FakeEngines.event(for: request)
        case .score(let wanted):
            .scored(
                Scored(
                    rewards: wanted.unscored.map { _ in
                        request.id.problem == "0" || wanted.steps[0] != "one\n\n" ? 1 : 0.1
                    }, tokens: wanted.unscored.map { _ in 2 }, promptTokens: 7, candidate: wanted.candidate))
        }
    }

    /// Until engines come up, or the end.
    private func work(_ bench: inout SchedulerBench) {
        while bench.ending == nil, !bench.isActivating, bench.restarting == nil {
            for (request, entry) in bench.running.sorted(by: { $0.key.digest < $1.key.digest }) {
                bench.handle(.answered(request, answer(entry.request), asked: nil))
            }
            while !bench.unrecorded.isEmpty { bench.recordNext() }
        }
    }

    private func finish(_ bench: inout SchedulerBench) {
        while bench.ending == nil {
            if bench.isActivating { bench.handle(.activated) }
            work(&bench)
        }
    }

    @Test("all engines come up together in place of the next group, and stay up")
    func unites() throws {
        var bench = try bench(.last(2))
        #expect(bench.activated == [["draft"]])
        bench.handle(.activated)
        work(&bench)
        bench.handle(.activated)
        work(&bench)
        // One has finished; the others need the target.
        #expect(bench.activated == [["draft"], ["prm"], ["draft", "prm", "target"]])
        #expect(bench.united == [["draft", "prm", "target"]] && bench.isActivating)
        finish(&bench)
        #expect(isFinish(bench) && bench.activated.count == 3 && bench.faults == [])
        let told = bench.notified.compactMap { event in
            if case .united(let engines, let trajectories) = event { "\(engines) \(trajectories)" } else { nil }
        }
        #expect(told == ["[draft, prm, target] 2"])
    }

    @Test("a small job has all engines together from the beginning, or never")
    func extremes() throws {
        var all = try bench(.last(3))
        #expect(all.united == [["draft", "prm", "target"]] && all.activated.count == 1)
        finish(&all)
        var never = try bench(.never)
        finish(&never)
        #expect(isFinish(all) && isFinish(never) && never.united.isEmpty && never.activated.count > 3)
        #expect(all.faults == [] && never.faults == [])
        #expect(all.scheduler.trajectories.map(\.response) == never.scheduler.trajectories.map(\.response))
    }

    @Test("only engines that the last trajectories need come up, and only if they took turns")
    func needed() throws {
        var asked: [[EngineID]] = []
        var bench = try bench(.last(9), "[target_only, draft_only]", problems: 1)
        #expect(bench.united == [["draft", "target"]] || bench.united == [["target", "draft"]], "\(bench.united)")
        asked += bench.united
        finish(&bench)
        #expect(isFinish(bench) && bench.faults == [] && asked.count == 1)
        // After the draft, only the target is needed.
        var one = try self.bench(.last(1), "[target_only, draft_only]", problems: 1)
        finish(&one)
        #expect(isFinish(one) && one.united.isEmpty && one.activated.count == 2)
        var together = try self.bench(.last(9), groups: [["draft", "prm", "target"]])
        finish(&together)
        #expect(isFinish(together) && together.united.isEmpty)
    }

    @Test("where they do not fit, groups take turns to the end, and nothing is said")
    func tooLarge() throws {
        var bench = try bench(.last(9)) { _ in nil }
        finish(&bench)
        #expect(isFinish(bench) && bench.united.isEmpty && bench.faults == [])
        #expect(!bench.notified.contains { if case .parted = $0 { true } else { false } })
    }

    @Test("engines that do not come up together take turns again, once and for all")
    func unavailable() throws {
        var bench = try bench(.last(9))
        bench.handle(.unavailable(reason: "no memory"))
        #expect(bench.activated.last == ["draft"])
        finish(&bench)
        #expect(isFinish(bench) && bench.united.count == 1 && bench.faults == [])
        var plain = try self.bench(.never)
        finish(&plain)
        #expect(bench.scheduler.trajectories.map(\.response) == plain.scheduler.trajectories.map(\.response))
    }

    @Test("an engine that dies and does not come up again among the others gets a turn of its own")
    func dies() throws {
        var bench = try bench(.last(9))
        bench.handle(.activated)
        let lost = Array(bench.running.keys)
        bench.handle(.trouble(.died("draft", how: "signal 9")))
        for request in lost { bench.handle(.failed(request, .unsent)) }
        #expect(bench.restarting == "draft")
        bench.handle(.unavailable(reason: "no memory"))
        #expect(bench.activated.last == ["draft"] && bench.isActivating)
        bench.handle(.activated)
        #expect(Set(bench.running.keys) == Set(lost))
        finish(&bench)
        #expect(isFinish(bench) && bench.faults == [])
    }

    @Test(
        "an engine that keeps dying among the others does not end the run, and requests that fail there are tried in turns"
    )
    func useless() throws {
        var dying = try bench(.last(9))
        dying.handle(.activated)
        var restarts = 0
        while dying.scheduler.isTail, restarts < 20 {
            let lost = Array(dying.running.keys)
            dying.handle(.trouble(.died("draft", how: "signal 9")))
            for request in lost { dying.handle(.failed(request, .unsent)) }
            if dying.restarting != nil { dying.handle(.restarted("draft")) }
            restarts += 1
        }
        #expect(!dying.scheduler.isTail)
        finish(&dying)
        #expect(isFinish(dying) && dying.faults == [])

        var failing = try bench(.last(9), problems: 1)
        failing.handle(.activated)
        var attempts = 0
        while failing.scheduler.isTail, attempts < 50 {
            for request in failing.running.keys { failing.handle(.failed(request, .attempt("answered 500"))) }
            if failing.restarting != nil { failing.handle(.restarted("draft")) }
            attempts += 1
        }
        #expect(!failing.scheduler.isTail && failing.scheduler.trajectories.finishedCount == 0)
        finish(&failing)
        #expect(isFinish(failing) && failing.faults == [])
        #expect(failing.scheduler.trajectories.allSatisfy { $0.response.finish == .eos })
    }

    @Test("drafts are judged as they come only if draft and PRM were up together before", arguments: [false, true])
    func streams(paired: Bool) throws {
        let bench = try bench(.last(9), groups: paired ? [["draft", "prm"], ["target"]] : Self.apart)
        var up = bench
        up.handle(.activated)
        #expect(up.running.values.allSatisfy { $0.request.isFollowed == paired } && !up.running.isEmpty)
    }

    @Test("a wish to stop while all engines are up is heeded")
    func stops() throws {
        var bench = try bench(.last(9))
        bench.handle(.stopRequested)
        bench.handle(.unavailable(reason: "no memory"))
        #expect(bench.ending != nil && bench.activated.count == 1)
    }
}
