import Foundation
import ModelLifecycle
@testable import RunStore
@testable import Runner
@testable import Support
import Testing

@Suite("Deadlines") struct DeadlineTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)
    private let costs = Deadline.Costs(unknownLoad: 120, leastWork: 30, stopping: 15)

    @Test(
        "durations are read",
        arguments: [("90m", 5400), ("45s", 45), ("2h", 7200), ("1h30m", 5400), ("1d12h", 129_600)])
    func durations(text: String, seconds: Double) {
        #expect(Deadline(text, now: now)?.end == now + seconds)
    }

    @Test("times are read, with a zone and without")
    func times() throws {
        let end = Date(timeIntervalSince1970: 1_777_658_400)
        #expect(Deadline("2026-05-01T18:00:00Z", now: now)?.end == end)
        #expect(Deadline("2026-05-01T20:00:00+02:00", now: now)?.end == end)
        let local = try #require(Deadline("2026-05-01T18:00:00", now: now)?.end)
        #expect(local == end - Double(TimeZone.current.secondsFromGMT(for: local)))
    }

    @Test("text that is neither is refused", arguments: ["", "90", "m", "tomorrow", "30m1h", "2026-05-01", "-5m"])
    func neither(text: String) {
        #expect(Deadline(text, now: now) == nil)
    }

    @Test("Slurm's end time counts where it is a time")
    func slurm() {
        #expect(Deadline.slurm(["SLURM_JOB_END_TIME": "1800000060"])?.end == now + 60)
        #expect(Deadline.slurm(["SLURM_JOB_END_TIME": "INVALID"]) == nil)
        #expect(Deadline.slurm([:]) == nil)
    }

    @Test("a load begins only where it, some work and the stop fit in")
    func loads() {
        let deadline = Deadline("--deadline", end: now + 165)
        #expect(deadline.refusal(now: now, bringingUp: ["draft"], arriving: 120, costs) == nil)
        let reason = deadline.refusal(now: now + 1, bringingUp: ["draft"], arriving: 120, costs)
        #expect(
            reason
                == "--deadline is 164 s away: too soon for starting draft (about 120 s), 30 s of work and 15 s to stop")
    }

    @Test("a phase on engines that are up needs no time to load")
    func phases() {
        let deadline = Deadline("--deadline", end: now + 45)
        #expect(deadline.refusal(now: now, bringingUp: [], arriving: 0, costs) == nil)
        #expect(deadline.refusal(now: now + 1, bringingUp: [], arriving: 0, costs)?.contains("44 s away") == true)
        #expect(deadline.secondsToStop(now: now, costs) == 30)
        #expect(deadline.secondsToStop(now: now + 60, costs) == 0)
    }

    @Test("what bringing up takes: the longest seen of the engine, else of any, else what is presumed")
    func arrivals() {
        #expect(ArrivalTimes([]).seconds(["draft", "prm"], unknown: 120) == 240)
        var times = ArrivalTimes([
            .load(EngineLoad("draft", seconds: 20)), .load(EngineLoad("draft", seconds: 60)),
            .wake(engine: "draft", seconds: 2),
        ])
        #expect(times.seconds(["draft"], unknown: 120) == 60)
        #expect(times.seconds(["target"], unknown: 120) == 60)
        #expect(times.seconds([], unknown: 120) == 0)
        times.note(.loaded(engine: "draft", EngineStart(.cold, TimeSpan(begin: 0, seconds: 70))))
        #expect(times.seconds(["draft"], unknown: 120) == 2, "it sleeps")
        #expect(times.seconds(["draft"], anew: true, unknown: 120) == 70)
        #expect(times.seconds(["target"], unknown: 120) == 70)
    }

    @Test("an engine is presumed to come up as it last did")
    func warmArrivals() {
        func start(_ kind: EngineStart.Kind, _ seconds: Double) -> EngineEvent {
            .loaded(engine: "draft", EngineStart(kind, TimeSpan(begin: 0, seconds: seconds)))
        }
        var times = ArrivalTimes([.load(EngineLoad("draft", seconds: 60)), .load(EngineLoad("prm", seconds: 50))])
        times.note(start(.warm, 9))
        times.note(start(.warm, 3))
        #expect(times.seconds(["draft"], unknown: 120) == 9, "the longest of the warm ones")
        #expect(times.seconds(["prm"], unknown: 120) == 50, "it has not come up warm yet")
        #expect(times.seconds(["target"], unknown: 120) == 50)
        times.note(start(.cold, 40))
        #expect(times.seconds(["draft"], unknown: 120) == 60)
    }
}
