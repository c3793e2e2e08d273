import Foundation
import Reporting
import RunStore
import RunnerSupport
import Testing

/// Many methods in one run share every load of a model, and every request that two of them have in common.
@Suite("A sweep") struct SweepTests {
    private static let methods = [
        "draft_only", "target_only", "{ rsd: { threshold: [0.5, 0.7, 0.9] } }",
        "{ rsd: { weighting: [clipping, sigmoidal] } }",
        "{ majority: { n: 4 } }", "{ best_of_n: { n: 4 } }", "{ process_best_of_n: { n: 4 } }",
        "{ beam_search: { n: 4, beams: 2, finished: [stay, leave] } }", "{ dvts: { n: 4, width: 2, until: eos } }",
        "{ best_of_n: { n: 4, choose: weighted, name: weighted } }",
    ]

    @Test("all methods in one run: fewer loads and fewer requests than one after the other, and the same results")
    func shared() async throws {
        let together = try TestJob(JobSetup(methods: "[\(Self.methods.joined(separator: ", "))]"))
        let run = try await together.run()
        #expect(run.code == 0, "\(run.messages)")
        var (asked, loads): (Int, [String: Int]) = (0, [:])
        var alone: [ResultLine] = []
        for method in Self.methods {
            let job = try TestJob(JobSetup(methods: "[\(method)]"))
            #expect(try await job.run().code == 0)
            alone += try job.resultLines()
            let records = try job.records()
            for engine in ["draft", "prm", "target"] {
                loads[engine] = max(loads[engine] ?? 0, records.count { $0.isLoad(of: engine) })
            }
            asked += try job.figures().requests.asked
        }
        #expect(try together.resultLines() == alone)
        let records = try together.records()
        for engine in ["draft", "prm", "target"] {
            #expect(records.count { $0.isLoad(of: engine) } <= loads[engine] ?? 0, "\(engine)")
        }
        let figures = try together.figures().requests
        // Within a sweep of thresholds there is sharing already; what is counted here comes on top of it.
        #expect(Double(figures.asked) <= 0.7 * Double(asked), "\(figures.asked) of \(asked)")
        #expect(Double(figures.asked) <= 0.7 * Double(figures.asked + figures.shared))
    }

    @Test("killed and run again, it asks nothing twice and ends the same")
    func resumed() async throws {
        let setup = JobSetup(problems: 0..<2, methods: "[\(Self.methods.joined(separator: ", "))]")
        let job = try TestJob(setup)
        var watch = try RepetitionWatch(job)
        for count in [5, 40, 90] {
            #expect(try await job.runAndKill(afterEvents: count))
            try watch.mark()
        }
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try watch.repetitions().isEmpty)
        #expect(try job.results() == (await job.reference()))
    }

    @Test("several seeds are several samples of each problem")
    func seeds() async throws {
        let job = try TestJob(
            JobSetup(problems: 0..<2, methods: "[target_only, { majority: { n: 4 } }]", seed: "[1, 2]"))
        #expect(try await job.run().code == 0)
        let lines = try job.resultLines()
        #expect(lines.map(\.sample) == [0, 1, 0, 1, 0, 1, 0, 1])
        // Without chance the second seed is asked nothing new.
        #expect(lines[0].text == lines[1].text)
        #expect(try job.figures().requests == RunFigures.Requests(asked: 2 + 16, shared: 2))
        #expect(try job.summary().rows.map(\.total) == [4, 4])
    }
}
