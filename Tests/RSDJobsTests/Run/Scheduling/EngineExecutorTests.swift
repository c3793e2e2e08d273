import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import Methods
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("The executor for engines") struct EngineExecutorTests {
    private let scratch: Scratch
    private let file: URL
    private let interruption = Interruption()

    init() throws {
        scratch = try Scratch()
        file = scratch.file("events.jsonl")
    }

    private func trajectories(_ count: Int, method: any DecodingMethod = SingleModel(role: .draft)) -> [Trajectory] {
        (0..<count).map { number in
            Trajectory(
                id: TrajectoryID(method: "m", dataset: "d", problem: "\(number)"),
                limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 10), method: method)
        }
    }

    private func work(
        _ engines: FakeEngines, _ trajectories: [Trajectory], group: [EngineID] = ["draft"], concurrency: Int = 8,
        deadline: Deadline? = nil, loadSeconds: Double = 2,
        observe: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> Work {
        var loaded = try SpecFixture().load()
        loaded.spec.engine.concurrency = concurrency
        let job = loaded.spec
        let pool = FakePool(groups: [group], requests: RequestsInFlight(job), engines: engines) {
            [FakePool.loaded($0[0], seconds: loadSeconds)]
        }
        let scheduler = Scheduler(
            RequestScope(loaded), groups: pool.groups, requests: pool.requests,
            trajectories: TrajectorySet(trajectories, of: job),
            responses: ResponseCache())
        return Work(
            EngineExecutor(
                scheduler, in: pool, journal: try Journal(file: file, goodLength: 0),
                budget: TimeBudget(deadline, of: job.engine), interruption: interruption, observe: observe))
    }

    private final class Work {
        private var executor: EngineExecutor

        init(_ executor: EngineExecutor) { self.executor = executor }

        var trajectories: TrajectorySet { executor.scheduler.trajectories }

        func run() async throws { try await executor.run() }
    }

    /// What became of each problem, by the journal alone.
    private func journalled(_ count: Int) throws -> [String: Finish] {
        var table = Dictionary(uniqueKeysWithValues: trajectories(count).map { ($0.id, $0) })
        for case .event(let id, let event, _) in try JournalReader.read(file).records {
            try table[id]?.apply(event)
        }
        return Dictionary(
            uniqueKeysWithValues: table.values.compactMap { t in t.response.finish.map { (t.id.problem, $0) } })
    }

    private func isProblem(_ trajectory: InferenceRequest, _ numbers: Int...) -> Bool {
        numbers.contains { "\($0)" == trajectory.id.problem }
    }

    @Test("every request is sent once and its response journalled")
    func once() async throws {
        let engines = FakeEngines()
        try await work(engines, trajectories(50)).run()
        #expect(engines.asked.count == 50)
        #expect(Set(engines.asked).count == 50)
        #expect(try journalled(50).values.allSatisfy { $0 == .eos })
        #expect(try #require(engines.mostInFlight[.draft]) <= 8)
        #expect(engines.restarts == 0)
    }

    private var rewardGuided: RewardGuided {
        let draw = Draw(runSeed: 0, trajectory: TrajectoryID(method: "m", dataset: "d", problem: "0"))
        return RewardGuided(weighting: .binaryStep(threshold: 0.7), lookahead: .all, draw: draw)
    }

    @Test("a group of models takes a trajectory all the way")
    func group() async throws {
        let engines = FakeEngines()
        let work = try work(engines, trajectories(3, method: rewardGuided), group: ["draft", "prm", "target"])
        try await work.run()
        #expect(work.trajectories.allSatisfy { $0.response.finish == .eos })
        #expect(engines.asked.count == 6)
    }

    @Test("each engine of a group has its own requests in flight")
    func ownRequests() async throws {
        // The draft's answer to the last waits until the PRM has been asked: nobody waits for a whole phase to end.
        let scoring = Latch<Void>()
        let engines = FakeEngines { trajectory, _, _ in
            if case .score = trajectory.need { _ = scoring.set(()) }
            return isProblem(trajectory, 19) && !isScored(trajectory) ? .answerAfter(scoring) : .answer
        }
        try await work(
            engines, trajectories(20, method: rewardGuided), group: ["draft", "prm", "target"], concurrency: 2
        )
        .run()
        #expect(try #require(engines.mostInFlight[.draft]) <= 2)
        #expect(try #require(engines.mostInFlight[.prm]) <= 2)
        #expect(engines.asked.count == 40)
    }

    @Test("only the engine in trouble is restarted")
    func oneRestart() async throws {
        let engines = FakeEngines { trajectory, _, restarts in
            isProblem(trajectory, 5) && isScored(trajectory) && restarts == 0 ? .die : .answer
        }
        let work = try work(engines, trajectories(20, method: rewardGuided), group: ["draft", "prm", "target"])
        try await work.run()
        #expect(work.trajectories.allSatisfy { $0.response.finish == .eos })
        #expect(engines.restarted == ["prm"])
    }

    private func isScored(_ trajectory: InferenceRequest) -> Bool { trajectory.need.role == .prm }

    @Test("a failed attempt is repeated")
    func retry() async throws {
        let engines = FakeEngines { trajectory, times, _ in
            isProblem(trajectory, 3) && times == 1 ? .fail("broken pipe") : .answer
        }
        let failures = Mutex<[String]>([])
        try await work(engines, trajectories(5)) { event in
            if case .attemptFailed(_, let reason) = event { failures.withLock { $0.append(reason) } }
        }.run()
        #expect(try journalled(5).values.allSatisfy { $0 == .eos })
        #expect(failures.withLock { $0 } == ["broken pipe"])
        #expect(engines.restarts == 0)
    }

    @Test("a request that keeps failing gets a fresh engine and then fails")
    func keepsFailing() async throws {
        let engines = FakeEngines { trajectory, _, _ in isProblem(trajectory, 3) ? .fail("no sense") : .answer }
        try await work(engines, trajectories(5)).run()
        let finishes = try journalled(5)
        #expect(finishes["3"] == .failed)
        #expect(finishes.values.count { $0 == .eos } == 4)
        #expect(engines.restarts == 1)
        #expect(engines.asked.count { $0.problem == "3" } == 3)
    }

    @Test("a fresh engine may succeed")
    func freshEngine() async throws {
        let engines = FakeEngines { trajectory, _, restarts in
            isProblem(trajectory, 3) && restarts == 0 ? .fail("no sense") : .answer
        }
        try await work(engines, trajectories(5)).run()
        #expect(try journalled(5).values.allSatisfy { $0 == .eos })
        #expect(engines.restarts == 1)
    }

    @Test("a permanent failure is not retried")
    func permanent() async throws {
        let engines = FakeEngines { trajectory, _, _ in isProblem(trajectory, 0) ? .unanswerable("too long") : .answer }
        try await work(engines, trajectories(2)).run()
        #expect(try journalled(2) == ["0": .failed, "1": .eos])
        #expect(engines.asked.count == 2)
    }

    @Test("an engine that dies is restarted, and only unanswered requests are sent again")
    func engineDies() async throws {
        let engines = FakeEngines { trajectory, _, restarts in
            isProblem(trajectory, 20) && restarts == 0 ? .die : .answer
        }
        try await work(engines, trajectories(40)).run()
        #expect(try journalled(40).values.allSatisfy { $0 == .eos })
        #expect(engines.restarts == 1)
        #expect(engines.asked.count <= 48)
    }

    @Test("the request that kills the engine is found and fails")
    func poison() async throws {
        let engines = FakeEngines { trajectory, _, _ in isProblem(trajectory, 20) ? .die : .answer }
        try await work(engines, trajectories(40)).run()
        let finishes = try journalled(40)
        #expect(finishes["20"] == .failed)
        #expect(finishes.values.count { $0 == .eos } == 39)
    }

    @Test("the request that hangs the engine is found and fails")
    func hanging() async throws {
        let engines = FakeEngines { trajectory, _, _ in isProblem(trajectory, 7) ? .hang : .answer }
        try await work(engines, trajectories(40)).run()
        let finishes = try journalled(40)
        #expect(finishes["7"] == .failed)
        #expect(finishes.values.count { $0 == .eos } == 39)
    }

    @Test("an engine that dies of everything is given up, and no request is blamed")
    func diesOfEverything() async throws {
        let engines = FakeEngines { _, _, _ in .die }
        let work = try work(engines, trajectories(40))
        let error = await #expect(throws: EngineUseless.self) { try await work.run() }
        #expect(error?.description.contains("died (signal 9)") == true)
        #expect(try journalled(40).isEmpty)
        #expect(engines.restarts < 12)
    }

    @Test("an engine that answers nobody is given up, and no request is blamed")
    func answersNobody() async throws {
        let engines = FakeEngines { _, _, _ in .fail("500: out of luck") }
        let work = try work(engines, trajectories(10))
        let error = await #expect(throws: EngineUseless.self) { try await work.run() }
        #expect(error?.description.contains("out of luck") == true)
        #expect(try journalled(10).isEmpty)
    }

    @Test("a dying engine that makes progress is restarted as often as it takes")
    func progress() async throws {
        let answered = Mutex(0)
        let engines = FakeEngines { _, _, _ in
            answered.withLock {
                $0 += 1; return $0 % 4 == 0
            } ? .die : .answer
        }
        try await work(engines, trajectories(60)).run()
        #expect(try journalled(60).values.allSatisfy { $0 == .eos })
        #expect(engines.restarts >= 15)
    }

    @Test("the first signal lets responses arrive and sends nothing new")
    func drains() async throws {
        let engines = FakeEngines { [interruption] trajectory, _, _ in
            if isProblem(trajectory, 4) { interruption.raise(to: .draining) }
            return .answer
        }
        let work = try work(engines, trajectories(50), concurrency: 2)
        await #expect(throws: Interrupted.self) { try await work.run() }
        let finished = try journalled(50).count
        #expect(finished >= 5)
        #expect(finished < 50)
        #expect(engines.asked.count == finished)
    }

    @Test("the second signal drops the requests in flight")
    func drops() async throws {
        let engines = FakeEngines { [interruption] trajectory, _, _ in
            if isProblem(trajectory, 4) {
                interruption.raise(to: .immediate)
                return .hang
            }
            return .answer
        }
        let work = try work(engines, trajectories(50), concurrency: 2)
        await #expect(throws: Interrupted.self) { try await work.run() }
        #expect(try journalled(50)["4"] == nil)
    }

    @Test("a signal gives up a restart")
    func stopDuringRestart() async throws {
        let engines = FakeEngines(
            { trajectory, _, _ in isProblem(trajectory, 1) ? .die : .answer },
            restart: { [interruption] in
                interruption.raise(to: .draining)
                try await Task.sleep(for: .seconds(3600))
            })
        let work = try work(engines, trajectories(5))
        await #expect(throws: Interrupted.self) { try await work.run() }
    }

    @Test("a restart for which there is no time is not begun")
    func noTime() async throws {
        let engines = FakeEngines { trajectory, _, _ in isProblem(trajectory, 4) ? .die : .answer }
        let work = try work(
            engines, trajectories(5), concurrency: 1, deadline: Deadline("the end", end: Date() + 500),
            loadSeconds: 1000)
        let stop = await #expect(throws: Interrupted.self) { try await work.run() }
        #expect(stop?.reason?.names("draft", "1000") == true)
        #expect(engines.restarts == 0)
        #expect(try journalled(5).count == 4)
    }

    @Test("a journal that cannot be written stops the run")
    func unwritableJournal() async throws {
        try FileManager.default.createSymbolicLink(atPath: file.path, withDestinationPath: "/dev/full")
        let work = try work(FakeEngines(), trajectories(5))
        await #expect(throws: JournalWriteFailure.self) { try await work.run() }
    }

    // MARK: Answers for several

    /// The same problems in the hands of several methods.
    private func crowd(_ methods: Int, _ problems: Int, method: any DecodingMethod) -> [Trajectory] {
        (0..<methods).flatMap { number in
            (0..<problems).map { problem in
                Trajectory(
                    id: TrajectoryID(method: "m\(number)", dataset: "d", problem: "\(problem)"),
                    limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 10), method: method)
            }
        }
    }

    @Test("a request that several trajectories need is sent once")
    func shared() async throws {
        let engines = FakeEngines()
        let work = try work(
            engines, crowd(3, 10, method: rewardGuided), group: ["draft", "prm", "target"])
        try await work.run()
        #expect(work.trajectories.allSatisfy { $0.response.finish == .eos })
        #expect(engines.asked.count == 20)
        let records = try JournalReader.read(file).records
        #expect(RunFigures(records: records, waves: 1).requests == .init(asked: 20, shared: 40))
        #expect(records.count { $0.asked != nil } == 20)
        #expect(Set(records.compactMap { if case .event(let id, _, _) = $0 { id } else { nil } }).count == 30)
    }

    @Test("a shared request that fails fails for all who wait")
    func sharedFailure() async throws {
        let engines = FakeEngines { question, _, _ in isProblem(question, 0) ? .unanswerable("too long") : .answer }
        let work = try work(engines, crowd(3, 2, method: SingleModel(role: .draft)))
        try await work.run()
        let finishes = work.trajectories.map { ($0.id.problem, $0.response.finish) }
        #expect(finishes.allSatisfy { $0.1 == ($0.0 == "0" ? .failed : .eos) })
        #expect(engines.asked.count == 2)
    }

    @Test("candidates of one trajectory are written side by side", .timeLimit(.minutes(5))) func candidates()
        async throws
    {
        // Nobody gets a draft before four are being written.
        let drafts = Mutex(0)
        let fourAreAsked = Latch<Void>()
        let engines = FakeEngines { question, _, _ in
            guard question.need.role == .draft else { return .answer }
            if drafts.withLock({
                $0 += 1; return $0
            }) == 4 {
                fourAreAsked.set(())
            }
            return .answerAfter(fourAreAsked)
        }
        let method = GuidedSearch(
            StepSearch.Rules(beams: 2, candidates: 4), sampling: Sampling(temperature: 0.7, topP: 0.8),
            limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 1))
        let work = try work(engines, trajectories(3, method: method), group: ["draft", "prm"])
        try await work.run()
        #expect(work.trajectories.allSatisfy { $0.response.finish == .maxSteps })
        var replayed = trajectories(3, method: method)
        for case .event(let id, let event, _) in try JournalReader.read(file).records {
            let index = try #require(replayed.firstIndex { $0.id == id })
            try replayed[index].apply(event)
        }
        for trajectory in replayed {
            #expect(work.trajectories.first { $0.id == trajectory.id }?.response == trajectory.response)
        }
    }

    @Test("a trajectory with several failed candidates fails once")
    func failsOnce() async throws {
        let engines = FakeEngines { question, _, _ in isProblem(question, 1) ? .unanswerable("too long") : .answer }
        let method = MajorityVote(
            samples: Samples(
                4, by: .draft, sampling: Sampling(temperature: 0.7, topP: 0.8),
                limits: Limits(delimiter: "\n\n", maxTokens: 100, maxSteps: 10)))
        let work = try work(engines, trajectories(3, method: method))
        try await work.run()
        let finishes = work.trajectories.map { ($0.id.problem, $0.response.finish) }
        #expect(finishes.allSatisfy { $0.1 == ($0.0 == "1" ? .failed : .eos) })
        let failures = try JournalReader.read(file).records.count {
            if case .event(_, .failed, _) = $0 { true } else { false }
        }
        #expect(failures == 1)
    }
}
