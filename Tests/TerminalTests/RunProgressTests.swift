import Testing

@testable import RunStore
@testable import Terminal

@Suite("Progress of a run") struct RunProgressTests {
    @Test("a resumed run counts what earlier processes did")
    func resumed() throws {
        var judged = Fixture.rsd("demo-0")
        try judged.apply(Fixture.drafted(["a\n\n", "b"]))
        try judged.apply(Fixture.scored([0.9, 0.1]))
        var failed = Fixture.rsd("demo-1")
        try failed.apply(.failed(reason: "no luck"))
        let figures = RunFigures(records: [.swap, .swap, .load(EngineLoad("draft", seconds: 1))], waves: 1)

        var progress = RunProgress(job: "job", begin: 0)
        #expect(progress.take(.resumed([judged, failed], figures), at: 1).isEmpty)
        #expect(progress.swaps == 2)
        #expect(progress.failed == 1)
        #expect(progress.verdicts == judged.verdicts)
        #expect(progress.verdicts.accepted == 1)
        #expect(progress.verdicts.rejected == 1)
    }
}
