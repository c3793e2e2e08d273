import ModelLifecycle
import Testing

@testable import Checkpoints
@testable import Decoding
@testable import JobSpecs
@testable import Methods
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("Engines and the roles that they serve")
struct JobEnginesTests {
    /// A job whose judge is its target.
    static func judged(_ residency: ResidencyKind = .swap, groups: [[Role]]? = nil) -> JobSpec {
        var job = JobSpec.sample(residency, groups: groups)
        job.models[.prm] = ModelSpec(model: "/m/target", profile: .judge)
        return job
    }

    private func engines(_ change: (inout JobSpec) -> Void) -> JobEngines {
        var job = Self.judged()
        change(&job)
        return JobEngines(job)
    }

    @Test("a judge with the target's checkpoint is asked of the target's engine")
    func judge() {
        let engines = engines { _ in }
        #expect(engines.all == ["draft", "target"])
        #expect(engines[.prm] == "target" && engines[.target] == "target" && engines[.draft] == "draft")
        #expect(engines.roles(of: "target") == [.prm, .target])
        #expect(engines.namesake(of: "target") == .target)
    }

    @Test("what an engine would have to serve in another way has an engine of its own")
    func apart() {
        let changes: [(inout JobSpec) -> Void] = [
            { $0.models[.prm]?.model = "/m/other" },
            { $0.models[.prm]?.profile = .qwenPRM },
            { $0.models[.prm]?.context = 4096 },
            { $0.models[.prm]?.args = [argument("max-num-seqs", "4")] },
            { $0.models[.prm]?.server = ServerSpec(url: "http://one") },
        ]
        for change in changes { #expect(engines(change).all == ["draft", "prm", "target"]) }
    }

    @Test("a shared engine is named after the first of draft, target and PRM, and stands where a wave first needs it")
    func names() {
        let all = engines { $0.models[.draft]?.model = "/m/target" }
        #expect(all.all == ["draft"] && all.roles(of: "draft") == [.draft, .prm, .target])
        let writers = engines { job in
            job.models[.draft]?.model = "/m/target"
            job.models[.prm]?.profile = .qwenPRM
        }
        #expect(writers.all == ["draft", "prm"] && writers[.target] == "draft")
    }

    @Test("who only overlooks a long step or counts other weights still shares")
    func together() {
        let engines = engines { job in
            job.models[.prm]?.overlong = .window
            job.models[.prm]?.parameters = 7
        }
        #expect(engines.all == ["draft", "target"])
    }

    @Test("a speculator's engine is its own, and roles that nobody needs have none")
    func speculative() {
        let engines = engines { job in
            job.models[.speculative] = job.models[.target]
            job.methods = [
                MethodSpec(name: "t", kind: .targetOnly),
                MethodSpec(name: "s", kind: MethodKind(Speculative(tokens: 3))),
            ]
        }
        #expect(engines.all == ["target", "speculative"] && engines[.prm] == nil)
    }

    @Test("groups of roles become groups of engines, each engine in the first that needs it")
    func groups() {
        let engines = JobEngines(Self.judged())
        #expect(engines.groups(of: [[.draft, .prm], [.target]]) == [["draft", "target"]])
        #expect(engines.groups(of: [[.draft], [.prm, .target]]) == [["draft"], ["target"]])
        #expect(engines.groups(of: [[.target], [.draft], [.prm]]) == [["target"], ["draft"]])
    }

    @Test("which PRMs write is the same for engines and for those who ask them")
    func tasks() throws {
        for profile in [PRMProfile.judge, .tokenClassification, .qwenPRM] {
            let task = try ModelSpec(model: "/m", profile: profile).task()
            #expect((task == .generate) == profile.writes)
        }
    }

    // MARK: What follows

    @Test("one engine has one place in the memory and in the residency")
    func residency() throws {
        let models: [Role: CheckpointMemory] = [
            .draft: Checkpoints.math1B, .prm: Checkpoints.math7B, .target: Checkpoints.math7B,
        ]
        func plan(_ job: JobSpec) throws -> ResidencyPlan {
            try ResidencyPlan(job, models: models, on: Machines.gpu())
        }
        #expect(try plan(Self.judged(.swap)).groups == [["draft"], ["target"]])
        #expect(try plan(Self.judged(.swap, groups: [[.draft, .prm], [.target]])).groups == [["draft", "target"]])
        let shared = try plan(Self.judged(.share))
        #expect(shared.groups == [["draft", "target"]] && Set(shared.memory.keys) == ["draft", "target"])
        let chosen = try plan(Self.judged(.auto))
        #expect(chosen.reason?.hasPrefix("share: draft 2.9 + target 14.2 GiB of weights") == true)
    }

    @Test("a judge's answers take several of the slots that the target's take one of")
    func requests() {
        var job = Self.judged()
        job.engine.concurrency = nil
        let capacity = EngineCapacity(sequences: 256)
        let requests = RequestsInFlight(job, capacities: ["draft": capacity, "target": capacity])
        #expect(requests.window(of: "target") == 288 && requests.sideBySide("target") == 256)
        #expect(requests.slots(of: .target) == 1 && requests.slots(of: .prm) == Judge.width)
        #expect("\(requests)" == "draft 288, target 288")
        job.engine.concurrency = 64
        let stated = RequestsInFlight(job, capacities: ["draft": capacity, "target": capacity])
        #expect(stated.window(of: "target") == 64 && stated.slots(of: .prm) == 1)
    }

    @Test("what a journal holds is attributed to the engine that gave it, also where an earlier version had two")
    func figures() {
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        func answers(_ begin: Double) -> [JournalRecord] {
            let scored = Event.scored(Scored(rewards: [1], tokens: [1], promptTokens: 1))
            return [
                .event(id, .wrote(.target, ["a"], .eos), asked: TimeSpan(begin: begin, seconds: 2)),
                .event(id, scored, asked: TimeSpan(begin: begin + 1, seconds: 2)),
            ]
        }
        let records =
            answers(10) + [.phase(wave: 1, engines: ["target"], seconds: 4)]
            + answers(20) + [.phase(wave: 2, engines: ["target", "prm"], seconds: 4)]
        let seconds = RunFigures(records: records, waves: 2, engines: JobEngines(Self.judged())).seconds
        #expect(seconds.busy == ["target": 3 + 2, "prm": 2])
        #expect(seconds.idle == ["target": 8 - 5, "prm": 2])
        let bars = Timeline(records, engines: JobEngines(Self.judged())).bars
        #expect(bars.map(\.engine) == ["target", "prm", "target"])
    }
}
