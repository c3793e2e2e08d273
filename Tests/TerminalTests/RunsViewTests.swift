import Testing

@testable import Terminal

@Suite("The list of runs") struct RunsViewTests {
    private static var runs: [ListedRun] {
        func run(_ directory: String, _ state: ListedRun.State, _ change: (inout ListedRun) -> Void) -> ListedRun {
            var run = ListedRun(directory: directory, job: "math", state: state, created: "2026-01-02T03:04:05Z")
            (run.finished, run.total) = (12, 20_000)
            change(&run)
            return run
        }
        return [
            run("runs/math", .finished) {
                ($0.finished, $0.seconds, $0.best) = (20_000, 3725, "rsd@0.7")
                $0.methods = [.init(method: "rsd@0.7", accuracy: 0.715, flopsSpent: 2.9e12)]
            },
            run("runs/sweep/small", .running) { $0.host = "node12" },
            run("runs/shards", .interrupted) { run in
                run.shards = .init(count: 4, begun: 3, finished: 2, merged: false)
                run.total = nil
            },
            run("runs/odd", .failed) { ($0.finished, $0.failed) = (20_000, 3) },
            run("runs/bad\u{1B}[31m", .damaged) {
                ($0.job, $0.finished, $0.total, $0.fault) = (nil, nil, nil, "manifest.json is damaged")
            },
        ]
    }

    @Test("all columns at 120 columns")
    func wide() {
        let text = screen(RunsView(Self.runs).lines(width: 120))
        #expect(
            text == """
                                                                                best method ──────────
                directory         job   state                         finished                   FLOPs     time             begun
                runs/math         math  finished                 20,000/20,000  rsd@0.7  71.5%  2.90 T  1:02:05  2026-01-02 03:04
                runs/sweep/small  math  running on node12            12/20,000  –            –       –        –  2026-01-02 03:04
                runs/shards       math  interrupted, 2/4 shards           12/?  –            –       –        –  2026-01-02 03:04
                runs/odd          math  3 failed                 20,000/20,000  –            –       –        –  2026-01-02 03:04
                runs/bad␛[31m     –     damaged                              –  –            –       –        –  2026-01-02 03:04

                FLOPs: spent per answer.

                runs/bad␛[31m  manifest.json is damaged
                """)
    }

    @Test("the footnote on FLOPs goes with their column, at every width", arguments: [true, false])
    func footnote(hasFigures: Bool) {
        let runs = hasFigures ? Self.runs : Array(Self.runs.dropFirst())
        for width in 40...140 {
            let text = screen(RunsView(runs).lines(width: width))
            #expect(text.contains("FLOPs: ") == text.contains("2.90 T"), "\(width)")
        }
        #expect(screen(RunsView(Self.runs).lines(width: 140)).contains("FLOPs: "))
        #expect(!screen(RunsView(Self.runs).lines(width: 60)).contains("FLOPs: "))
    }

    @Test("directories are whole at every width, and nothing is wider", arguments: [30, 50, 70, 90, 200])
    func widths(width: Int) {
        let lines = RunsView(Self.runs).lines(width: width)
        #expect(lines.allSatisfy { $0.width <= width })
        for name in ["runs/math", "runs/sweep/small", "runs/odd"] {
            #expect(lines.contains { $0.text.hasPrefix(name) })
        }
        #expect(lines.contains { $0.text.contains("manifest.json") })
        #expect(!lines.contains { $0.text.contains("\u{1B}") })
    }

    @Test("a list of nothing has a header and no faults")
    func empty() {
        #expect(RunsView([]).lines(width: 80).count == 2)
    }
}
