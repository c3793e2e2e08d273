import Foundation
import ModelLifecycle
@testable import RunStore
@testable import Support
import Testing

@Suite("Figures of engine starts") struct StartFiguresTests {
    private let records: [JournalRecord] = [
        .load(
            EngineLoad(
                "draft", seconds: 16, kind: .cold,
                phases: StartPhases(imports: 14, weights: 0.5, graphs: 1, ready: 0.5))),
        .load(EngineLoad("prm", seconds: 12)),
        .load(
            EngineLoad(
                "draft", seconds: 1, kind: .warm,
                phases: StartPhases(imports: 0.25, weights: 0.25, graphs: 0.25, ready: 0.25))),
        .load(EngineLoad("target", seconds: 2, kind: .warm, phases: StartPhases(weights: 1))),
        .load(EngineLoad("prm", seconds: 3, kind: .standby)),
    ]

    @Test("each kind has its number, and its seconds by phase as far as they are known")
    func figures() throws {
        let figures = RunFigures(records: records, waves: 1)
        #expect((figures.coldStarts, figures.warmStarts, figures.standbyStarts) == (2, 2, 1))
        #expect(figures.startWords == ["2 cold starts", "1 standby start", "2 warm starts"])
        #expect(figures.seconds.loading == ["draft": 17, "prm": 15, "target": 2])
        #expect(
            figures.seconds.loadingPhases == [
                "cold": StartPhases(imports: 14, weights: 0.5, graphs: 1, ready: 0.5),
                "warm": StartPhases(imports: 0.25, weights: 1.25, graphs: 0.25, ready: 0.25),
            ])
        #expect(figures.loadingPhaseWords == "imports 14.2 s, weights 1.8 s, compile and graphs 1.2 s, ready 0.8 s")
        let json = try JSONText.encode(figures)
        #expect(try JSONDecoder().decode(RunFigures.self, from: json) == figures)
        let text = String(decoding: json, as: UTF8.self)
        for part in [#""cold_starts":2"#, #""warm_starts":2"#, #""standby_starts":1"#, #""loading_phases":{"cold":{"#] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
    }

    @Test("a run with cold starts alone says so, and has no word of phases that nobody knows")
    func plain() throws {
        let figures = RunFigures(records: [.load(EngineLoad("draft", seconds: 1))], waves: 1)
        #expect(figures.startWords == ["1 cold start"] && figures.loadingPhaseWords == nil)
        let text = String(decoding: try JSONText.encode(figures), as: UTF8.self)
        #expect(text.contains(#""warm_starts":0"#) && !text.contains("standby") && !text.contains("phases"))
        #expect(RunFigures(records: [], waves: 0).startWords == ["0 cold starts"])
    }

    @Test(
        "the figures of an earlier version can be read",
        arguments: [
            #"{"waves":4,"swaps":10,"cold_starts":11,"requests":{"asked":5,"shared":1},"seconds":"#
                + #"{"loading":{"draft":2},"waking":{},"working":{"draft":3},"busy":{},"idle":{}}}"#,
            #"{"waves":4,"swaps":10,"cold_starts":11,"seconds":{"loading":{"draft":2},"working":{"draft":3}}}"#,
        ])
    func earlier(text: String) throws {
        let figures = try JSONDecoder().decode(RunFigures.self, from: Data(text.utf8))
        #expect((figures.waves, figures.coldStarts, figures.warmStarts) == (4, 11, 0))
        #expect(figures.seconds.loading == ["draft": 2] && figures.seconds.loadingPhases.isEmpty)
    }

    @Test("Markdown tells starts apart; the CSV, which is the same for a run and its shards, has none")
    func tables() throws {
        var report = SmallReport.golden
        #expect(try !report.made().markdown.contains("Engines of the whole run"))
        report.records = records
        let made = try report.made()
        #expect(!made.summary.csv.contains("starts"))
        #expect(
            made.markdown.contains(
                "Engines of the whole run: 2 cold starts, 1 standby start, 2 warm starts, 34.0 s to start (imports 14.2 s, "
                    + "weights 1.8 s, compile and graphs 1.2 s, ready 0.8 s)."), "\(made.markdown)")
    }
}
