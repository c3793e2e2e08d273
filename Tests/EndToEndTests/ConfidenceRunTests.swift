import Decoding
import Foundation
import Reporting
import RunStore
import RunnerSupport
import Testing

/// `confidence` and `calibrate` on the demo's models.
@Suite("confidence and calibrate", .inSlots) struct ConfidenceRunTests {
    private static let methods =
        "[target_only, { confidence: { by: [mean_logprob, min_logprob, entropy, margin], threshold: [0.7, 0.95] } }]"

    @Test("the draft's confidence decides without a PRM, alike for every look-ahead, and after a kill too")
    func noPRM() async throws {
        let setup = JobSetup(problems: 0..<6, methods: Self.methods, maxSteps: 6)
        let job = try TestJob(setup)
        #expect(try await job.runAndKill(afterEvents: 9))
        let run = try await job.run()
        #expect(run.code == 0, "\(run.messages)")
        #expect(try job.results() == (await job.reference()))
        #expect(try job.records().allSatisfy { !$0.isLoad(of: "prm") })
        let lines = try job.resultLines()
        let verdicts = lines.compactMap(\.verdicts).reduce(Verdicts()) { $0 + $1 }
        #expect(verdicts.accepted > 20 && verdicts.rejected > 5, "\(verdicts)")
        for step in lines.filter({ $0.method != "target_only" }).flatMap(\.steps) {
            #expect(step.origin == .target ? step.reward == nil : step.reward.map((0...1).contains) == true)
        }
        var single = setup
        single.lookahead = "1"
        let stepwise = try TestJob(single)
        #expect(try await stepwise.run().code == 0)
        #expect(try stepwise.resultLines().map(\.text) == lines.map(\.text))
        #expect(try stepwise.resultLines().map(\.verdicts) == lines.map(\.verdicts))
    }

    @Test("a job takes its threshold from a run that calibrate reads")
    func calibrated() async throws {
        let sweep = try TestJob(
            JobSetup(
                problems: 0..<8, methods: "[target_only, { confidence: { by: min_logprob, threshold: [0.5, 0.9] } }]"))
        #expect(try await sweep.run().code == 0)
        let path = sweep.directory.url.path
        let table = try await sweep.command(["calibrate", path])
        #expect(table.code == 0 && table.output.contains("confidence-0.9"), "\(table.messages)")
        let json = try await sweep.command(["calibrate", path, "--cost", "100", "--json"])
        let found = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect((found?["choice"] as? [String: Any])?["threshold"] as? Double == 0.9)
        #expect(try await sweep.command(["calibrate", path, "--accuracy", "2"]).code == 64)
        #expect(try await sweep.command(["calibrate", path, "--cost", "0.000001"]).code == 2)

        let method = "{ confidence: { by: min_logprob, threshold: { calibrate: '\(path)', cost: 100 } } }"
        let job = try TestJob(JobSetup(problems: 0..<1, methods: "[\(method)]"))
        let run = try await job.run()
        #expect(run.code == 0 && run.messages.contains("threshold 0.9 of confidence"), "\(run.messages)")
        #expect(try Manifest.read(job.directory.manifest)?.identity["methods.confidence.threshold"] == "0.9")
        try FileManager.default.removeItem(atPath: path)
        #expect(try await job.run().code == 0)
        #expect(try await TestJob(JobSetup(problems: 0..<1, methods: "[\(method)]")).run().code == 2)
    }
}
