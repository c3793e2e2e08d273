import Support
import Testing

@testable import RSDJobs
@testable import Terminal

@Suite("The view of a plan") struct PlanViewTests {
    private static let plan = JobPlan(
        job: "gsm8k-smol", methods: 2, problems: 1319, trajectories: 2638,
        models: [
            .init(role: .draft, parameters: 1_543_714_304, weights: 3_087_428_608, cache: 117_440_512),
            .init(role: .target, parameters: 7_615_616_512, weights: 15_231_233_024, cache: 469_762_048),
        ],
        residency: .swap, reason: "swap, one model at a time: they do not fit together",
        groups: [
            .init(roles: [.draft], need: 5_700_000_000, budget: 20_000_000_000),
            .init(roles: [.target], need: 23_000_000_000, budget: 20_000_000_000),
        ],
        basis: ["observed in runs/earlier"],
        figures: [
            .init(name: .waves, range: PlanRange(low: 3, expected: 5, high: 15)),
            .init(name: .tokensWritten(.draft), range: PlanRange(low: 4270, expected: 19_200, high: 99_200)),
            .init(name: .total, range: PlanRange(low: 60, expected: 4800, high: 172_800)),
        ],
        costs: [
            .init(what: "the target writing", seconds: 3600, share: 0.75),
            .init(what: "engines coming up", seconds: 1200, share: 0.25),
        ])

    @Test("a plan at 100 columns")
    func wide() {
        #expect(
            screen(PlanView(Self.plan).lines(width: 100)) == """
                gsm8k-smol  2 methods, 1,319 problems, 2,638 trajectories

                model   weights  in memory  cache of a request
                draft    1.54 G    2.9 GiB             0.1 GiB
                target   7.62 G   14.2 GiB             0.4 GiB

                residency  swap, one model at a time: they do not fit together
                           draft: at least 5.3 GiB of 18.6 GiB  fits
                           target: at least 21.4 GiB of 18.6 GiB  may not fit

                what it takes         expected    from         to
                waves                        5       3         15
                draft tokens written    19.2 k  4.27 k     99.2 k
                in all                 1:20:00    1:00  2 d 00:00

                time on   the target writing  75% of the time, 1:00:00
                          engines coming up  25% of the time, 20:00

                based on
                  - observed in runs/earlier
                """)
    }

    @Test("what the last waves cost, and what they would cost with all models up together")
    func tail() {
        func lines(_ tail: JobPlan.Tail) -> [Substring] {
            var plan = Self.plan
            plan.tail = tail
            let lines = screen(PlanView(plan).lines(width: 110)).split(separator: "\n")
            return Array(lines.drop { !$0.hasPrefix("tail ") }.prefix { $0 != "based on" })
        }
        var tail = JobPlan.Tail(
            trajectories: 12, firstWave: 5, lastWave: 9,
            inTurns: .init(starts: 15, wakes: 0, seconds: 400, share: 0.31),
            together: .init(starts: 3, wakes: 0, seconds: 80, share: 0.08), isTogether: false)
        #expect(
            lines(tail) == [
                "tail      waves 5 to 9 work on at most 12 trajectories: 15 starts, 6:40, 31% of the time, with the models in",
                "          turns",
                "          with all models up together (engine.tail): 3 starts, 1:20, 8% of the time",
            ])
        tail.isTogether = true
        #expect(
            lines(tail).last
                == "          with all models up together (engine.tail): 3 starts, 1:20, 8% of the time, as planned here"
        )
        tail.together = nil
        (tail.trajectories, tail.firstWave) = (1, 9)
        tail.inTurns = .init(starts: 1, wakes: 2, seconds: 9, share: 0.01)
        #expect(
            lines(tail) == [
                "tail      wave 9 works on at most 1 trajectory: 1 start and 2 wake-ups, 9.0 s, 1% of the time, with the models",
                "          in turns",
            ])
    }

    @Test("a plan with a model on several GPUs")
    func severalGPUs() {
        var plan = Self.plan
        plan.gpus = 2
        plan.models[1].gpus = 2
        let lines = screen(PlanView(plan).lines(width: 100)).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(
            lines[2...9].joined(separator: "\n") == """
                model   weights  GPUs  in memory  cache of a request
                draft    1.54 G     1    2.9 GiB             0.1 GiB
                target   7.62 G     2   14.2 GiB             0.4 GiB

                residency  swap, one model at a time: they do not fit together
                GPUs       2 on one machine; sizes are those on each of them
                           draft: at least 5.3 GiB of 18.6 GiB  fits
                           target: at least 21.4 GiB of 18.6 GiB  may not fit
                """)
    }

    @Test("a plan is compared with its run")
    func compared() {
        let rows = zip(Self.plan.figures, [4.0, 120_000, 61]).map { figure, taken in
            PlanComparison.Row(
                name: figure.name, planned: figure.range, taken: taken, isWithin: figure.range.contains(taken))
        }
        let comparison = PlanComparison(rows: rows, finished: 10, total: 2638)
        let lines = screen(PlanView(Self.plan, comparison: comparison).lines(width: 100)).split(separator: "\n")
        #expect(lines.contains("waves                        5       3         15      4  within"))
        #expect(lines.contains("draft tokens written    19.2 k  4.27 k     99.2 k  120 k  outside"))
        #expect(lines.contains { $0.hasPrefix("2 of 3 figures are within the planned range; only 10 of 2638") })
    }

    @Test("nothing is wider than the terminal", arguments: [20, 40, 60, 80])
    func narrow(width: Int) {
        #expect(PlanView(Self.plan).lines(width: width).allSatisfy { $0.width <= width })
    }
}
