import Testing

@testable import JobSpecs
@testable import Reporting
@testable import RunStore
@testable import Terminal

@Suite("The view of a run that is watched") struct WatchViewTests {
    private static func run(_ state: LiveRun.State = .running) -> LiveRun {
        var run = LiveRun(job: "gsm8k-smol", state: state)
        (run.holder, run.wave, run.phase) = (LockHolder(host: "node12", pid: 4711), 3, "target")
        var rsd = LiveRun.Method("rsd")
        (rsd.total, rsd.finished, rsd.failed, rsd.waiting) = (200, 112, 1, ["target": 76, "draft": 12])
        (rsd.accepted, rsd.rejected, rsd.graded, rsd.correct) = (831, 169, 112, 106)
        var target = LiveRun.Method("target_only")
        (target.total, target.finished, target.graded, target.correct) = (200, 200, 200, 186)
        run.methods = [rsd, target]
        var draft = LiveRun.Engine("draft")
        (draft.requests, draft.tokens, draft.seconds, draft.tokensPerSecond) = (600, 60_000, 50, 1200)
        run.engines = [draft, LiveRun.Engine("target")]
        (run.secondsLeft, run.joules, run.swaps, run.starts, run.grader) = (72.4, 36_000, 8, 9, "exact/4")
        return run
    }

    private func text(_ run: LiveRun, _ width: Int, height: Int = .max) -> String {
        screen(WatchView(run, directory: "runs/gsm8k-smol").lines(width: width, height: height))
    }

    @Test("at 80 columns")
    func wide() {
        #expect(
            text(Self.run(), 80) == """
                gsm8k-smol  runs/gsm8k-smol
                running · process 4711 on node12 · wave 3 target · 1 failed
                ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─────────  312/400 finished  78%  ~1:12 left

                                       waiting for ─
                method       finished  draft  target  failed  accepted  accuracy
                rsd           112/200     12      76       1     83.1%  94.6% of 112
                target_only   200/200      –       –       –         –  93.0%

                engine  tokens/s  tokens  requests  at work
                draft     1.20 k  60,000       600   50.0 s
                target         –       –         –    0.0 s

                energy 10 Wh · 8 swaps · 9 engine starts
                """)
    }

    @Test("no line is wider than the terminal, and no view higher", arguments: [20, 34, 50, 66, 80, 120])
    func fits(width: Int) {
        for height in [1, 2, 4, 8, 14, 24] {
            let lines = WatchView(Self.run(), directory: "runs/gsm8k-smol").lines(width: width, height: height)
            #expect(lines.count <= max(1, height - 1) && lines.allSatisfy { $0.width <= width }, "\(width) × \(height)")
        }
    }

    @Test("what is unknown is called so")
    func unknown() {
        var run = Self.run()
        (run.secondsLeft, run.grader) = (nil, nil)
        for place in run.methods.indices { run.methods[place].graded = 0 }
        let text = text(run, 100)
        #expect(text.contains("time left unknown") && text.contains("not graded yet"))
        #expect(!self.text(Self.run(.stopped), 100).contains("left"))
        #expect(WatchLog.sentence(run).contains("time left unknown"))
    }

    @Test("as a line")
    func line() {
        #expect(
            WatchLog.sentence(Self.run())
                == "running, 312/400 finished (78%), 1 failed, wave 3 target, 83.1% accepted, rsd 94.6% of 112, target_only 93.0%, "
                + "about 1:12 left")
    }

    @Test("every shard has a line, with what is wrong with it")
    func shards() {
        var run = Self.run()
        let all = Shard.all(4)
        run.shards = [
            .init(shard: all[0], run: Self.run()), .init(shard: all[1], run: Self.run(.done)), .init(shard: all[2]),
            .init(shard: all[3], fault: "journal/events.jsonl:3 is damaged"),
        ]
        let text = text(run, 80)
        #expect(text.contains("4 shards") && text.contains("shard 1/4 · running · 312/400 finished"), "\(text)")
        #expect(
            text.contains("shard 3/4 · not started") && text.contains("shard 4/4 · journal/events.jsonl:3 is damaged"))
    }
}
