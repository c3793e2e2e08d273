import Answers
import Testing

@testable import Decoding
import Reporting
@testable import RunStore
@testable import Terminal

@Suite("The table of results") struct SummaryTableTests {
    @Test("it is a table at 100 columns")
    func wide() {
        let text = screen(SummaryTable(Fixture.summary()).lines(width: 100))
        #expect(
            text == """
                                      accuracy ───────          accepted ───  FLOPs per problem ──────────
                method        solved               95%  target  steps tokens    paper          spent        failed
                heldout  200 answers per method
                rsd@0.7      143/200   71.5% 64.9–77.3   12.3%  83.1%  85.0%  •1.20 T 0.31×  •2.90 T 0.54×       2
                target_only  150/200  •75.0% 68.6–80.5  100.0%      –      –   3.90 T 1.00×   5.40 T 1.00×       0

                             draft ──────────────────────────────  target ───────  prm ─────────
                tokens         kept  rejected  look-ahead  prompt    kept  prompt  judged   read
                rsd@0.7      41.2 k    8.32 k      30.1 k   212 k  9.10 k   101 k  49.0 k  260 k
                target_only       –         –           –       –  52.0 k  21.0 k       –      –

                95%: Wilson interval of the accuracy. target: share of the steps that the target wrote.
                accepted: share of the draft steps judged against the threshold, and of their tokens.
                paper: 2N per token that is kept, rejected or judged; no prompts, no look-ahead.
                spent: 2N per token that any request read or wrote, including look-ahead and prompts read again.
                ×: FLOPs per problem relative to target_only on the same data set.
                •: best on the data set: most right answers, or fewest FLOPs; all that tie are marked.
                """)
    }

    @Test("at 80 columns the least important columns are left out")
    func medium() {
        let text = screen(Array(SummaryTable(Fixture.summary()).lines(width: 80).prefix(5)))
        #expect(
            text == """
                                      accuracy          accepted  FLOPs per problem ──────────
                method        solved            target     steps    paper          spent
                heldout  200 answers per method
                rsd@0.7      143/200     71.5%   12.3%     83.1%  •1.20 T 0.31×  •2.90 T 0.54×
                target_only  150/200    •75.0%  100.0%         –   3.90 T 1.00×   5.40 T 1.00×
                """)
    }

    @Test("it is a list at 60 columns")
    func narrow() {
        let text = screen(SummaryTable(Fixture.summary()).lines(width: 60))
        #expect(
            text == """
                heldout  200 answers per method
                rsd@0.7
                  solved       143/200
                  accuracy     71.5%  95%: 64.9–77.3
                  target       12.3% of steps
                  accepted     83.1% of steps, 85.0% of tokens
                  paper FLOPs  •1.20 T  0.31×
                  spent FLOPs  •2.90 T  0.54×
                  failed       2
                target_only
                  solved       150/200
                  accuracy     •75.0%  95%: 68.6–80.5
                  target       100.0% of steps
                  paper FLOPs  3.90 T  1.00×
                  spent FLOPs  5.40 T  1.00×

                rsd@0.7 tokens
                  draft      41.2 k kept, 8.32 k rejected, 30.1 k
                             look-ahead, 212 k prompt
                  target     9.10 k kept, 101 k prompt
                  prm        49.0 k judged, 260 k read
                target_only tokens
                  target     52.0 k kept, 21.0 k prompt

                95%: Wilson interval of the accuracy. target: share of the
                  steps that the target wrote.
                accepted: share of the draft steps judged against the
                  threshold, and of their tokens.
                paper: 2N per token that is kept, rejected or judged; no
                  prompts, no look-ahead.
                spent: 2N per token that any request read or wrote,
                  including look-ahead and prompts read again.
                ×: FLOPs per problem relative to target_only on the same
                  data set.
                •: best on the data set: most right answers, or fewest
                  FLOPs; all that tie are marked.
                """)
    }

    @Test("what the target wrote in vain has a column where there is any")
    func targetRejected() {
        var summary = Fixture.summary()
        summary.rows[1].tokens.target.rejected = 7_200
        #expect(
            screen(SummaryTable(summary).lines(width: 110)).contains(
                "target_only       –         –           –       –  52.0 k    7.20 k  21.0 k       –      –"))
        #expect(
            screen(SummaryTable(summary).lines(width: 60)).contains("  target     52.0 k kept, 7.20 k rejected, 21.0 k")
        )
    }

    @Test("no line is wider than the terminal", arguments: [40, 60, 80, 99, 100, 101, 200])
    func fits(width: Int) {
        let lines = SummaryTable(Fixture.summary()).lines(width: width)
        #expect(lines.allSatisfy { $0.width <= width })
        let footer = RunFooter(Fixture.summary(), directory: "runs/gsm8k-smol", example: nil).lines(
            width: width)
        #expect(footer.allSatisfy { $0.width <= width })
    }

    @Test("names are shortened before the table becomes a list")
    func longNames() {
        var summary = Fixture.summary()
        summary.rows[0].method = "rsd-with-a-name-that-tells-a-story"
        let lines = screen(SummaryTable(summary).lines(width: 100))
        #expect(lines.contains("rsd-with-a-n…  143/200"))
    }

    @Test("many answers that were cut are reported first")
    func cutAnswers() {
        var summary = Fixture.summary()
        #expect(summary.cutAnswers.isEmpty, "2 % are no more than 2 %")
        summary.rows[0].finishes = ["eos": 193, "max_tokens": 5, "failed": 2]
        let lines = screen(Array(SummaryTable(summary).lines(width: 100).prefix(5)))
        #expect(
            lines == """
                rsd@0.7: 2.5% of the answers were cut off, 5 by max_tokens.
                Cut answers are mostly wrong: raise max_tokens (or max_tokens_per_call), or report the accuracy as
                  measured under this limit.

                                      accuracy ───────          accepted ───  FLOPs per problem ──────────
                """)
    }

    /// Four samples of each of 50 problems by rsd: half of them right once, a quarter always.
    static func sampled() -> Summary {
        var summary = Fixture.summary()
        summary.rows[0].problems = 50
        summary.rows[0].flopsPaperPerAnswer = 1.204e12
        summary.rows[0].flopsSpentPerAnswer = 2.9e12
        summary.rows[0].samples = SampleFigures(
            (0..<50).map { problem in
                SampledProblem(
                    (0..<4).map { sample in
                        let isRight = problem % 4 == 0 || problem % 2 == 1 && sample == 1
                        return .init(isRight: isRight, vote: isRight ? AnswerKey("1") : AnswerKey("2"))
                    })
            })
        return summary
    }

    @Test("methods with several samples have a table of avg@n, pass@k and maj@k")
    func samples() {
        let lines = screen(SummaryTable(Self.sampled()).lines(width: 100))
        #expect(
            lines.contains(
                """
                heldout  200 problems
                rsd@0.7      143/200   71.5% 64.9–77.3   12.3%  83.1%  85.0%   4.82 T 1.23×   11.6 T 2.15×       2
                target_only  150/200  •75.0% 68.6–80.5  100.0%      –      –  •3.90 T 1.00×  •5.40 T 1.00×       0

                                            pass@k ────────────  maj@k ──────  FLOPs per answer
                samples      n   avg@n   ±      1      2      4      2      4     paper   spent
                rsd@0.7      4   71.5% 5.4  38.5%  51.0%  76.0%  51.0%  26.0%    1.20 T  2.90 T
                target_only  1  •75.0%   –      –      –      –      –      –         –       –
                """), "\(lines)")
        #expect(lines.contains("maj@k: the answer that most"))
        #expect(!screen(SummaryTable(Fixture.summary()).lines(width: 100)).contains("pass@"))
    }

    @Test("in less room, samples have the figures of all of them, then a list")
    func fewerSamples() {
        let wide = screen(SummaryTable(Self.sampled()).lines(width: 70))
        #expect(wide.contains("\nsamples      n   avg@n   ±      1      2      4      2      4\n"), "\(wide)")
        let medium = screen(SummaryTable(Self.sampled()).lines(width: 50))
        #expect(
            medium.contains(
                """
                samples      n   avg@n   ±  pass@n  maj@n
                rsd@0.7      4   71.5% 5.4   76.0%  26.0%
                target_only  1  •75.0%   –       –      –
                """), "\(medium)")
        let narrow = screen(SummaryTable(Self.sampled()).lines(width: 36))
        #expect(
            narrow.contains(
                """
                rsd@0.7 samples
                  avg@4      71.5% ± 5.4
                  pass@k     1: 38.5%, 2: 51.0%, 4:
                             76.0%
                  maj@k      2: 51.0%, 4: 26.0%
                  per answer 1.20 T paper, 2.90 T
                             spent
                """), "\(narrow)")
    }

    @Test("in the list of samples the best are marked, too")
    func bestSamples() {
        var summary = Self.sampled()
        summary.rows.append(summary.rows[0])
        summary.rows[2].method = "rsd@0.9"
        summary.rows[2].flopsSpentPerAnswer = 3e12
        let narrow = screen(SummaryTable(summary).lines(width: 36))
        #expect(
            narrow.contains(
                """
                rsd@0.7 samples
                  avg@4      71.5% ± 5.4
                  pass@k     1: •38.5%, 2: •51.0%,
                             4: •76.0%
                  maj@k      2: •51.0%, 4: •26.0%
                  per answer •1.20 T paper, •2.90 T
                             spent
                """), "\(narrow)")
    }

    @Test("each data set has a heading")
    func datasets() {
        var summary = Fixture.summary()
        summary.rows.append(summary.rows[0])
        summary.rows[2].dataset = "math500"
        summary.rows[2].total = 0
        let lines = screen(SummaryTable(summary).lines(width: 100))
        #expect(lines.contains("math500  0 answers per method"))
    }

    @Test("the table ends with the paths of the results")
    func paths() {
        let example = TrajectoryID(method: "rsd@0.7", dataset: "heldout", problem: "it's 1")
        var summary = Fixture.summary()
        summary.rows[0].grades = ["right": 143, "wrong": 56, "timeout": 1]
        summary.rows[1].grades = ["right": 150, "wrong": 47, "empty": 3]
        summary.rows[1].undecided = 1
        summary.rows[0].undecided = 11
        let phases: [JournalRecord] = [
            .phase(wave: 1, engines: ["prm"], seconds: 1, joules: PhaseEnergy(entering: 360, working: 3600)),
            .phase(wave: 1, engines: ["draft"], seconds: 1, joules: PhaseEnergy(entering: 720, working: 7200)),
        ]
        summary.run.joules = RunFigures(records: phases, waves: 1).joules
        let footer = RunFooter(summary, directory: "runs/gsm8k-smol", example: example)
        let text = screen(footer.lines(width: 100))
        #expect(
            text == #"""
                answers  394 ended, 4 cut by max_tokens, 2 failed
                grader   exact/4, 3 without an answer, 1 took too long to grade
                         12 answers were not decided by exact and count as wrong; regrade with math-verify:
                         rsd-batch grade runs/gsm8k-smol --with math-verify
                run      5 waves, 14 swaps, 3 cold starts
                loading  13.7 s  draft 3.1 s, target 8.4 s, prm 2.2 s
                working  3:01  draft 42.0 s, target 2:10, prm 9.2 s
                energy   3.30 Wh  starting 0.30 Wh, draft 2 Wh, prm 1 Wh
                results  runs/gsm8k-smol/results.jsonl, runs/gsm8k-smol/summary.json
                report   runs/gsm8k-smol/report.html
                inspect  rsd-batch show runs/gsm8k-smol 'rsd@0.7/heldout/it'\''s 1/0'
                """#)
    }

    @Test("warm starts and cold ones are told apart, and where their time went")
    func starts() {
        var summary = Fixture.summary()
        summary.run.warmStarts = 11
        summary.run.seconds.loadingPhases = [
            "cold": .init(imports: 10, weights: 0.5, graphs: 1, ready: 0.25),
            "warm": .init(imports: 0.5, weights: 0.5, graphs: 0.5, ready: 0.25),
        ]
        let text = screen(RunFooter(summary, directory: "r", example: nil).lines(width: 100))
        #expect(text.contains("run      5 waves, 14 swaps, 3 cold starts, 11 warm starts\n"), "\(text)")
        #expect(
            text.contains("prm 2.2 s\n         imports 10.5 s, weights 1.0 s, compile and graphs 1.5 s, ready 0.5 s\n"),
            "\(text)")
    }
}
