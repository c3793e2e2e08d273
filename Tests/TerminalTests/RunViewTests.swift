import Testing

@testable import Decoding
@testable import RunStore
@testable import Terminal

@Suite("The view of a run") struct RunViewTests {
    private var view = RunView(job: "gsm8k-smol", begin: 0)

    /// A run whose first draft phase stands at 6 of 20 after 5 seconds of it.
    private static func drafting() throws -> RunView {
        var view = RunView(job: "gsm8k-smol", begin: 0)
        view.take(.began(total: 40, finished: 3, replayed: 12), at: 1)
        view.take(.loading(engine: "draft"), at: 1)
        view.take(.loaded(EngineLoad("draft", seconds: 3)), at: 4)
        view.take(.phaseBegan(wave: 1, roles: [.draft], trajectories: 20), at: 4)
        for index in 0..<6 {
            var trajectory = Fixture.rsd("demo-\(index)")
            let event = Fixture.drafted(["a\n\n", "b\n\n", "c"])
            try trajectory.apply(event)
            view.take(.advanced(trajectory, event), at: 5)
        }
        return view
    }

    @Test("a finished run mentions no engines")
    func finished() {
        var finished = RunView(job: "gsm8k-smol", begin: 0)
        finished.take(.began(total: 2, finished: 2, replayed: 9), at: 1)
        #expect(screen(finished.block(width: 60, at: 2)).contains("\nall finished, writing the results…\n"))
        finished.take(.grading(answers: 2, grader: "exact/3"), at: 2)
        #expect(screen(finished.block(width: 60, at: 2)).contains("\ngrading the answers…\n"))
    }

    @Test("reading the journal is shown")
    func readsJournal() {
        #expect(
            screen(view.block(width: 60, at: 2)) == """
                gsm8k-smol
                reading the journal…
                                                                0:02 elapsed
                """)
    }

    @Test("how long an engine has been starting is shown")
    mutating func starting() {
        view.take(.began(total: 40, finished: 0, replayed: 0), at: 1)
        view.take(.loading(engine: "target"), at: 2)
        #expect(
            screen(view.block(width: 60, at: 5)) == """
                gsm8k-smol                                     0/40 finished
                starting target… 0:03
                                                                0:05 elapsed
                """)
    }

    @Test("a phase at 60 columns")
    func phaseNarrow() throws {
        let text = screen(try Self.drafting().block(width: 60, at: 9))
        #expect(
            text == """
                gsm8k-smol · wave 1                            3/40 finished
                draft   ━━━──────────   6/20   30%      36 tok/s  ~0:12 left
                                                                0:09 elapsed
                """)
    }

    @Test("a phase at 100 columns")
    func phaseWide() throws {
        let text = screen(try Self.drafting().block(width: 100, at: 9))
        #expect(
            text == """
                gsm8k-smol · wave 1                                                                    3/40 finished
                draft   ━━━━━━━━━━━━━━━──────────────────────────────────────   6/20   30%      36 tok/s  ~0:12 left
                                                                                                        0:09 elapsed
                """)
    }

    @Test("the view has a greatest width")
    func widest() throws {
        let block = try Self.drafting().block(width: 200, at: 9)
        #expect(block.allSatisfy { $0.width <= 120 })
        #expect(block == (try Self.drafting().block(width: 120, at: 9)))
    }

    @Test("no line wraps", arguments: 1...130)
    func fits(width: Int) throws {
        var view = try Self.drafting()
        #expect(view.block(width: width, at: 9).allSatisfy { $0.width <= width })
        view.take(.loading(engine: "draft"), at: 9)
        #expect(view.block(width: width, at: 9).allSatisfy { $0.width <= width })
    }

    @Test("the view shrinks to the bar where there is no room")
    func barOnly() throws {
        let view = try Self.drafting()
        #expect(view.block(width: 60, height: 4, at: 9) == [view.block(width: 60, at: 9)[1]])
    }

    @Test("an engine that is restarted within a phase is shown")
    func restart() throws {
        var view = try Self.drafting()
        view.take(.trouble(.died("draft", how: "signal 9")), at: 9)
        view.take(.loading(engine: "draft"), at: 9)
        #expect(
            screen(view.block(width: 60, at: 10)) == """
                gsm8k-smol · wave 1                            3/40 finished
                starting draft… 0:01  draft at 6/20
                                                                0:10 elapsed
                """)
    }

    @Test("verdicts and finished trajectories are counted as they come")
    func counts() throws {
        var view = try Self.drafting()
        view.take(.phaseEnded(wave: 1, roles: [.draft], seconds: 5), at: 9)
        view.take(.swapped, at: 10)
        view.take(.phaseBegan(wave: 1, roles: [.prm], trajectories: 2), at: 12)
        var trajectory = Fixture.rsd("demo-0")
        try trajectory.apply(Fixture.drafted(["a\n\n", "b\n\n", "c"]))
        for event in [Fixture.scored([0.9, 0.8, 0.1]), Fixture.rewritten("d", end: .eos)] {
            try trajectory.apply(event)
            view.take(.advanced(trajectory, event), at: 14)
            #expect(view.progress.verdicts == Verdicts(accepted: 2, rejected: 1))
        }
        view.take(.interrupting, at: 14)
        view.take(.attemptFailed(trajectory.id, reason: "timeout"), at: 14)
        #expect(
            screen(view.block(width: 100, at: 16)) == """
                gsm8k-smol · wave 1 · stopping                                                         4/40 finished
                score   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━  2/2  100%      18 tok/s
                accepted 66.7% of draft steps · 1 swap · 1 retry                                        0:16 elapsed
                """)
    }

    @Test("every phase that ended leaves a line")
    func phaseEnds() throws {
        var view = try Self.drafting()
        view.take(.phaseEnded(wave: 1, roles: [.draft], seconds: 5), at: 9)
        #expect(
            screen(view.takeLasting(width: 100)) == """
                resuming: 3 of 40 trajectories finished, 12 events in the journal
                – wave 1  draft            6/20           180 tokens      36/s     5.0 s  + 3.0 s to start
                """)
        #expect(view.takeLasting(width: 100).isEmpty)
    }

    @Test("the line of an ended phase is shorter at 60 columns")
    func phaseEndsNarrow() throws {
        var view = try Self.drafting()
        _ = view.takeLasting(width: 60)
        view.take(.phaseEnded(wave: 1, roles: [.draft], seconds: 5), at: 9)
        #expect(screen(view.takeLasting(width: 60)) == "– wave 1  draft            6/20     5.0 s")
    }

    @Test("trouble, failures and messages are shown")
    func trouble() throws {
        var view = RunView(job: "j", begin: 0)
        view.take(.began(total: 2, finished: 0, replayed: 0), at: 0)
        view.take(.swept(count: 1), at: 0)
        view.take(.phaseBegan(wave: 1, roles: [.draft, .prm], trajectories: 2), at: 0)
        view.take(.trouble(.stalled("draft", seconds: 60)), at: 1)
        var trajectory = Fixture.rsd("a")
        view.take(.attemptFailed(trajectory.id, reason: "answered 500"), at: 1)
        try trajectory.apply(.failed(reason: "too long\nby far"))
        view.take(.advanced(trajectory, .failed(reason: "too long\nby far")), at: 1)
        view.say("stopping")
        #expect(
            screen(view.takeLasting(width: 60)) == """
                2 trajectories to do
                stopped 1 engine left behind by an earlier process
                ! the draft engine made no progress for 60 seconds;
                  restarting it
                ! rsd/heldout/a/0 will be retried: answered 500
                ✗ rsd/heldout/a/0 failed: too long
                  by far
                stopping
                """)
        #expect(view.progress.failed == 1)
    }

    @Test("failures beyond the first of a phase are counted")
    func failures() throws {
        var view = RunView(job: "j", begin: 0)
        view.take(.phaseBegan(wave: 2, roles: [.draft], trajectories: 9), at: 0)
        for index in 0..<9 {
            var trajectory = Fixture.rsd("p\(index)")
            view.take(.attemptFailed(trajectory.id, reason: "r"), at: 1)
            try trajectory.apply(.failed(reason: "r"))
            view.take(.advanced(trajectory, .failed(reason: "r")), at: 1)
        }
        view.take(.phaseEnded(wave: 2, roles: [.draft], seconds: 2), at: 2)
        let lines = screen(view.takeLasting(width: 100)).split(separator: "\n")
        #expect(lines.count == 5 + 5 + 2)
        #expect(lines[10] == "✗ and 4 more failed in this phase")
        #expect(lines[11] == "✗ wave 2  draft             9/9             0 tokens               2.0 s")
    }

    @Test("a phase is estimated only once there is data")
    func estimate() {
        var phase = PhaseProgress(wave: 1, roles: [.draft], total: 100, begin: 10)
        #expect(phase.remaining(at: 30) == nil)
        phase.done = 4
        #expect(phase.remaining(at: 30) == nil)
        phase.done = 20
        #expect(phase.remaining(at: 11) == nil)
        #expect(phase.remaining(at: 30) == 80)
        phase.done = 100
        #expect(phase.remaining(at: 30) == nil)
        #expect(phase.rate(at: 30) == nil)
    }
}
