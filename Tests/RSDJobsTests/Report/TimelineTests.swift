@testable import Decoding
import ModelLifecycle
@testable import Reporting
@testable import RunStore
@testable import Support
import Testing

@Suite("The timeline") struct TimelineTests {
    private func asked(_ role: Role, _ begin: Double, _ seconds: Double) -> JournalRecord {
        let id = TrajectoryID(method: "m", dataset: "d", problem: "p")
        let span = TimeSpan(begin: begin, seconds: seconds)
        guard role != .prm else {
            return .event(id, .scored(Scored(rewards: [], tokens: [], promptTokens: 0)), asked: span)
        }
        let answer = Generated(role: role, steps: [StepText(text: "x", tokens: 1)], end: .eos, promptTokens: 1)
        return .event(id, .generated(answer), asked: span)
    }

    @Test("engines take turns")
    func turns() {
        let timeline = Timeline([
            .load(EngineLoad("draft", seconds: 5)), asked(.draft, 1010, 20), asked(.draft, 1005, 5),
            .phase(wave: 1, engines: ["draft"], seconds: 25),
            .load(EngineLoad("prm", seconds: 3)), .swap, asked(.prm, 1034, 6),
            .phase(wave: 1, engines: ["prm"], seconds: 6),
        ])
        #expect(
            timeline.bars == [
                .init(engine: "draft", kind: .load, begin: 0, end: 5, start: .cold),
                .init(engine: "draft", kind: .work, begin: 5, end: 30, wave: 1),
                .init(engine: "prm", kind: .load, begin: 31, end: 34, start: .cold),
                .init(engine: "prm", kind: .work, begin: 34, end: 40, wave: 1),
            ])
        #expect(timeline.swaps == [31])
        #expect(timeline.seconds == 40)
        #expect(timeline.cuts.isEmpty)
    }

    @Test("a start has its kind and its phases")
    func starts() throws {
        let phases = StartPhases(imports: 0.25, weights: 0.25, graphs: 0.25, ready: 0.25)
        let timeline = Timeline([
            .load(EngineLoad("draft", seconds: 5, begin: 1000)), asked(.draft, 1005, 1),
            .load(EngineLoad("prm", seconds: 1, begin: 1006, kind: .warm, phases: phases)), asked(.prm, 1007, 1),
            .phase(wave: 1, engines: ["draft", "prm"], seconds: 8),
        ])
        #expect(
            timeline.bars.filter { $0.kind == .load } == [
                .init(engine: "draft", kind: .load, begin: 0, end: 5, start: .cold),
                .init(engine: "prm", kind: .load, begin: 6, end: 7, start: .warm, phases: phases),
            ])
        let json = String(decoding: try JSONText.encode(timeline), as: UTF8.self)
        #expect(json.contains(#""phases":{"graphs":0.25,"imports":0.25,"ready":0.25,"weights":0.25},"start":"warm""#))
    }

    @Test("a group comes up one engine after the other, and a restarted engine before its next request")
    func group() {
        let timeline = Timeline([
            .load(EngineLoad("draft", seconds: 2)), .load(EngineLoad("prm", seconds: 3)),
            asked(.draft, 105, 10), asked(.prm, 110, 10),
            .load(EngineLoad("draft", seconds: 4)), asked(.prm, 121, 9), asked(.draft, 140, 10),
            .phase(wave: 1, engines: ["draft", "prm"], seconds: 45),
        ])
        #expect(
            timeline.bars == [
                .init(engine: "prm", kind: .load, begin: 2, end: 5, start: .cold),
                .init(engine: "draft", kind: .load, begin: 0, end: 2, start: .cold),
                .init(engine: "draft", kind: .load, begin: 36, end: 40, start: .cold),
                .init(engine: "draft", kind: .work, begin: 5, end: 15, wave: 1),
                .init(engine: "draft", kind: .work, begin: 40, end: 50, wave: 1),
                .init(engine: "prm", kind: .work, begin: 10, end: 20, wave: 1),
                .init(engine: "prm", kind: .work, begin: 21, end: 30, wave: 1),
            ])
    }

    @Test("the pause between two processes is cut")
    func pause() {
        let timeline = Timeline([
            asked(.draft, 0, 100), .phase(wave: 1, engines: ["draft"], seconds: 100),
            .wake(engine: "prm", seconds: 10), asked(.prm, 30_010, 90), .phase(wave: 1, engines: ["prm"], seconds: 90),
        ])
        // Of 29,900 idle seconds a fiftieth of the 200 busy ones is left.
        #expect(timeline.cuts == [.init(at: 102, seconds: 29_900)])
        #expect(timeline.seconds == 204)
        #expect(timeline.bars[1] == .init(engine: "prm", kind: .wake, begin: 104, end: 114))
    }

    @Test("journals without times are laid end to end")
    func withoutTimes() {
        let timeline = Timeline([
            .load(EngineLoad("draft", seconds: 2)), .phase(wave: 1, engines: ["draft"], seconds: 7),
            .load(EngineLoad("prm", seconds: 1)), .swap, .phase(wave: 1, engines: ["prm"], seconds: 3),
        ])
        #expect(timeline.bars.map(\.begin) == [0, 2, 9, 10])
        #expect(timeline.seconds == 13)
    }

    @Test("loads and wakings stand where the journal has them, and the rest right before the next request")
    func exactTimes() {
        let timeline = Timeline([
            .load(EngineLoad("draft", seconds: 5, begin: 1000)), asked(.draft, 1009, 11),
            .phase(wave: 1, engines: ["draft"], seconds: 11),
            .load(EngineLoad("prm", seconds: 3)), .load(EngineLoad("target", seconds: 4, begin: 1030)), .swap,
            asked(.prm, 1040, 6), .wake(engine: "target", seconds: 2, begin: 1041),
            .phase(wave: 1, engines: ["prm", "target"], seconds: 6),
        ])
        #expect(
            timeline.bars == [
                .init(engine: "draft", kind: .load, begin: 0, end: 5, start: .cold),
                .init(engine: "draft", kind: .work, begin: 9, end: 20, wave: 1),
                .init(engine: "target", kind: .load, begin: 30, end: 34, start: .cold),
                .init(engine: "prm", kind: .load, begin: 27, end: 30, start: .cold),
                .init(engine: "target", kind: .wake, begin: 41, end: 43),
                .init(engine: "prm", kind: .work, begin: 40, end: 46, wave: 1),
            ])
        #expect(timeline.swaps == [27])
        #expect(timeline.hasGuesses)
        #expect(!Timeline([.load(EngineLoad("draft", seconds: 5, begin: 1000))]).hasGuesses)
    }

    @Test("a run without events takes no time")
    func nothing() {
        #expect(Timeline([]).bars.isEmpty)
        #expect(Timeline([.swap]).seconds == 0)
    }
}
