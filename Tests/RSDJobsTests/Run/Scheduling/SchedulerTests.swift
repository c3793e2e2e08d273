import ModelLifecycle
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner

@Suite("The scheduler")
struct SchedulerTests {
    private func bench(
        _ methods: String = "[draft_only]", problems: Int = 3, seed: String = "7",
        groups: [[EngineID]] = [["draft"], ["prm"], ["target"]], limit: Int = 8,
        change: (inout TrajectorySet, inout ResponseCache, LoadedJob) throws -> Void = { _, _, _ in }
    ) throws -> SchedulerBench {
        let job = try SimulationTests.job(methods: methods, lookahead: "all", seed: seed, problems: problems)
        var (trajectories, responses) = (TrajectorySet(job), ResponseCache())
        try change(&trajectories, &responses, job)
        let engines = JobEngines(job.spec)
        var bench = SchedulerBench(
            Scheduler(
                RequestScope(job), engines: engines,
                groups: groups.map { $0.filter(engines.all.contains) }.filter { !$0.isEmpty },
                limits: Dictionary(uniqueKeysWithValues: engines.all.map { ($0, limit) }), trajectories: trajectories,
                responses: responses))
        bench.start()
        return bench
    }

    private func isFinish(_ bench: SchedulerBench) -> Bool { if case .finish? = bench.ending { true } else { false } }
    private func isStop(_ bench: SchedulerBench) -> Bool { if case .stop? = bench.ending { true } else { false } }

    private func answer(_ bench: inout SchedulerBench, _ count: Int = .max) {
        for (fingerprint, entry) in bench.running.sorted(by: { $0.key.digest < $1.key.digest }).prefix(count) {
            bench.handle(.answered(fingerprint, FakeEngines.event(for: entry.request), asked: nil))
        }
    }

    private func record(_ bench: inout SchedulerBench) { while !bench.unrecorded.isEmpty { bench.recordNext() } }

    @Test("an answer is not taken before it is recorded, and its place is free only then")
    func recordedFirst() throws {
        var bench = try bench(limit: 2)
        #expect(bench.isActivating && bench.running.isEmpty)
        bench.handle(.activated)
        #expect(bench.running.count == 2)
        answer(&bench, 1)
        #expect(bench.unrecorded.count == 1 && bench.running.count == 1)
        #expect(bench.scheduler.trajectories.finishedCount == 0)
        record(&bench)
        #expect(bench.scheduler.trajectories.finishedCount == 1 && bench.running.count == 2)
        #expect(bench.faults == [])
    }

    @Test("records of many answers are in flight at once")
    func together() throws {
        var bench = try bench()
        bench.handle(.activated)
        answer(&bench)
        #expect(bench.unrecorded.count == 3)
        record(&bench)
        #expect(isFinish(bench) && bench.phases == 1)
    }

    @Test("who comes to need an answer while it is being recorded gets it too")
    func joins() throws {
        // The first method waits for the draft's score; the second comes to the same score while that is being recorded.
        var bench = try bench(
            "[{ rsd: { threshold: [0.5, 0.6] } }]", problems: 1, groups: [["draft", "prm", "target"]])
        bench.handle(.activated)
        #expect(bench.running.count == 1)
        answer(&bench)
        #expect(bench.unrecorded.count == 2)
        bench.recordNext()
        answer(&bench)
        #expect(bench.unrecorded.count == 2)
        bench.recordNext()
        #expect(bench.unrecorded.count == 2 && bench.running.isEmpty)
        record(&bench)
        #expect(isFinish(bench) && bench.sent.count == 2 && bench.journal.count == 4)
        #expect(bench.faults == [])
    }

    @Test("engines whose every answer is known are not brought up")
    func known() throws {
        let bench = try bench(seed: "[1, 2]") { trajectories, responses, job in
            for trajectory in trajectories where trajectory.id.sample == 0 {
                let request = InferenceRequest(trajectory.needs[0], of: trajectory.id, in: RequestScope(job))
                responses.add(FakeEngines.event(for: request), answering: request.fingerprint)
            }
        }
        var done = bench
        record(&done)
        #expect(isFinish(done) && done.activated.isEmpty && done.journal.count == 6)
    }

    @Test("what is known and does not fit is asked for")
    func misfit() throws {
        var bench = try bench(problems: 1, seed: "[1, 2]") { trajectories, responses, job in
            let trajectory = trajectories[0]
            let request = InferenceRequest(trajectory.needs[0], of: trajectory.id, in: RequestScope(job))
            let wrong = Generated(
                role: .draft, steps: [StepText(text: "a", tokens: 1)], end: .delimiter, promptTokens: 1)
            responses.add(.generated(wrong), answering: request.fingerprint)
        }
        bench.handle(.activated)
        answer(&bench)
        record(&bench)
        #expect(isFinish(bench) && bench.sent.count == 1)
    }

    @Test("an answer that does not fit counts as a failed attempt")
    func malformed() throws {
        var bench = try bench(problems: 1)
        bench.handle(.activated)
        let (fingerprint, _) = try #require(bench.running.first)
        let wrong = Generated(role: .draft, steps: [StepText(text: "a", tokens: 1)], end: .delimiter, promptTokens: 1)
        bench.handle(.answered(fingerprint, .generated(wrong), asked: nil))
        #expect(bench.unrecorded.isEmpty && bench.running.count == 1)
        #expect(bench.notified.contains { if case .attemptFailed = $0 { true } else { false } })
    }

    @Test("when an engine is gone nothing is asked before it is told, and all is asked again after the restart")
    func crash() throws {
        var bench = try bench(problems: 9, limit: 8)
        bench.handle(.activated)
        let lost = bench.running.keys.sorted { $0.digest < $1.digest }
        bench.handle(.failed(lost[0], .unsent))
        #expect(bench.running.count == 7 && bench.restarting == nil)
        bench.handle(.trouble(.died("draft", how: "signal 9")))
        #expect(bench.cancelled == Set(lost.dropFirst()) && bench.restarting == nil)
        for request in lost.dropFirst() { bench.handle(.failed(request, .unsent)) }
        #expect(bench.restarting == "draft")
        bench.handle(.restarted("draft"))
        // A quarter of those that ran.
        #expect(bench.running.count == 2 && bench.faults == [])
        #expect(Set(bench.running.keys).isSubset(of: lost))
    }

    @Test("the wish to stop lets answers arrive, and then only those that are being recorded")
    func stop() throws {
        var bench = try bench(limit: 2)
        bench.handle(.activated)
        answer(&bench, 1)
        bench.handle(.stopRequested)
        #expect(bench.isDraining && bench.cancelled.isEmpty)
        bench.handle(.drained)
        #expect(bench.cancelled.count == 1)
        let request = try #require(bench.running.keys.first)
        bench.handle(.failed(request, .unsent))
        #expect(bench.ending == nil)
        record(&bench)
        #expect(isStop(bench) && bench.journal.count == 1 && bench.faults == [])
    }

    @Test("a wish to stop between two groups is heeded before the next comes up")
    func stopBetween() throws {
        var bench = try bench("[{ rsd: { threshold: 0.5 } }]")
        bench.handle(.activated)
        answer(&bench)
        bench.handle(.stopRequested)
        record(&bench)
        #expect(isStop(bench) && bench.activated == [["draft"]])
    }

    @Test("a group that is up is told which comes next, and takes trajectories all the way")
    func turns() throws {
        var bench = try bench("[{ rsd: { threshold: 0.5 } }]", groups: [["draft"], ["prm", "target"]])
        while bench.ending == nil {
            if bench.isActivating { bench.handle(.activated) }
            answer(&bench)
            record(&bench)
        }
        #expect(isFinish(bench) && bench.activated == [["draft"], ["prm", "target"]] && bench.faults == [])
    }
}
