import Foundation
import Testing

@testable import RunStore
@testable import Terminal

@Suite("The view of a run's status") struct StatusViewTests {
    /// In the target phase of wave 1: one rewritten, one waiting, one that failed, and a target_only that waits.
    private static func status(holder: LockHolder?) throws -> RunStatus {
        var waiting = Fixture.rsd("b")
        let draft = Fixture.drafted(["x\n\n", "y"])
        let score = Fixture.scored([0.9, 0.1])
        try waiting.apply(draft)
        try waiting.apply(score)
        var rewritten = Fixture.rsd("a")
        let target = Fixture.rewritten("z\n\n")
        for event in [draft, score, target] { try rewritten.apply(event) }
        var failed = Fixture.rsd("c")
        try failed.apply(.failed(reason: "too long"))
        let records: [JournalRecord] = [
            .load(EngineLoad("draft", seconds: 3)), .event(rewritten.id, draft), .event(waiting.id, draft),
            .event(failed.id, .failed(reason: "too long")), .phase(wave: 1, engines: ["draft"], seconds: 5),
            .swap,
            .load(EngineLoad("prm", seconds: 2)), .event(rewritten.id, score), .event(waiting.id, score),
            .phase(wave: 1, engines: ["prm"], seconds: 1), .swap, .load(EngineLoad("target", seconds: 70)),
            .event(rewritten.id, target),
        ]
        return RunStatus(
            job: "gsm8k-smol", directory: "runs/gsm8k-smol", holder: holder,
            trajectories: [rewritten, waiting, failed, Fixture.targetOnly("a")], records: records,
            figures: RunFigures(records: records, waves: 1), hasResults: false)
    }

    private static let holder = LockHolder(host: "node12", pid: 4711)

    @Test("a running run at 100 columns")
    func running() throws {
        let text = screen(StatusView(try Self.status(holder: Self.holder)).lines(width: 100))
        #expect(
            text == """
                gsm8k-smol  runs/gsm8k-smol
                running in process 4711 on node12 · 1/4 finished, 1 failed · wave 1
                target  ━━━━━━━━━━━━━━━━━━━━────────────────────────────────────────  1/3  33%

                                                   waiting for ────────
                method       finished  this phase  draft  score  target  failed  accepted
                rsd               1/3         1/2      1      –       1       1     50.0%
                target_only       0/1         0/1      –      –       1       –         –

                2 swaps · 3 cold starts · 1:15 loading · 6.0 s working
                next  wait for it, or stop it for now: kill -TERM 4711 (on node12)
                """)
    }

    @Test("a stopped run at 60 columns")
    func stopped() throws {
        let text = screen(StatusView(try Self.status(holder: nil)).lines(width: 60))
        #expect(
            text == """
                gsm8k-smol  runs/gsm8k-smol
                stopped · 1/4 finished, 1 failed · wave 1

                rsd  1/3 finished, 1 failed, 50.0% accepted
                target_only  0/1 finished

                2 swaps · 3 cold starts · 1:15 loading · 6.0 s working
                next  resume: rsd-batch run runs/gsm8k-smol/job.yaml
                      --run-dir runs/gsm8k-smol
                """)
    }

    @Test("a finished run")
    func finished() throws {
        var status = RunStatus(
            job: "demo", directory: "my runs/demo", holder: nil, trajectories: [try Fixture.finished()],
            records: [],
            figures: RunFigures(records: [], waves: 2), hasResults: true)
        let text = screen(StatusView(status).lines(width: 100))
        #expect(
            text == """
                demo  my runs/demo
                done · 1/1 finished · wave 2

                method  finished  failed  accepted
                rsd          1/1       –     75.0%

                0 swaps · 0 cold starts · 0.0 s loading · 0.0 s working
                next  inspect one: rsd-batch show 'my runs/demo' rsd/heldout/demo-017/0
                """)
        status.methods[0].progress.failed = 1
        #expect(screen(StatusView(status).lines(width: 100)).contains("--retry-failed"))
    }

    @Test("no line is wider than the terminal", arguments: 20...110)
    func fits(width: Int) throws {
        let lines = StatusView(try Self.status(holder: Self.holder)).lines(width: width)
        #expect(lines.allSatisfy { $0.width <= width })
    }

    @Test("the phase is that of the engine that is up, before it responds")
    func phase() throws {
        let status = RunStatus(
            job: "j", directory: "d", holder: Self.holder, trajectories: [Fixture.rsd("a")],
            records: [.load(EngineLoad("draft", seconds: 1))], figures: RunFigures(records: [], waves: 0),
            hasResults: false)
        #expect(status.phase == "draft")
        #expect(status.methods[0].phaseTotal == 1)
    }

    @Test("the status is available as JSON")
    func json() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(try Self.status(holder: nil)), as: UTF8.self)
        #expect(
            text.hasPrefix(
                #"{"directory":"runs/gsm8k-smol","failed":1,"finished":1,"has_results":false,"holder":null,"#)
        )
    }
}
