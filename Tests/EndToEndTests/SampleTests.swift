import Foundation
import Reporting
import RunnerSupport
import Testing

@Suite("Several samples of a problem", .inSlots) struct SampleTests {
    /// rsd and the draft at temperatures of their own beside a greedy target.
    private func job(_ samples: Int) throws -> TestJob {
        let methods = [
            "{ rsd: { weighting: constant, p: 0.5, temperature: 0.8 } }",
            "{ draft_only: { temperature: 1, top_p: 0.9 } }",
            "{ target_only: { samples: 1 } }", "{ majority: { n: 3, samples: 2 } }",
        ]
        return try TestJob(JobSetup(methods: "[\(methods.joined(separator: ", "))]", seed: "3\nsamples: \(samples)"))
    }

    /// The lines of `results.jsonl` of the first samples, as they are written.
    private func texts(_ job: TestJob, below samples: Int) throws -> [Substring] {
        let lines = String(decoding: try job.results(), as: UTF8.self).split(separator: "\n")
        return zip(lines, try job.resultLines()).filter { $0.1.sample < samples }.map(\.0)
    }

    @Test("the first four of eight samples are those of four, also if the run was killed")
    func prefix() async throws {
        let four = try job(4)
        #expect(try await four.runAndKill(afterEvents: 12))
        let run = try await four.run()
        #expect(run.code == 0, "\(run.messages)")
        let lines = try four.resultLines()
        let counts = Dictionary(grouping: lines, by: \.method).mapValues(\.count)
        #expect(counts == ["rsd": 12, "draft_only": 12, "target_only": 3, "majority": 6])
        // At temperature 1, four samples of three problems are not all the same.
        #expect(Set(lines.filter { $0.method == "draft_only" }.map { $0.problem + $0.text }).count > 3)
        let rows = try four.summary().rows
        #expect(rows.map { $0.samples?.n } == [4, 4, nil, 2])
        #expect(rows[1].samples?.pass.map(\.k) == [1, 2, 4] && rows[1].samples?.majority.map(\.k) == [2, 4])
        #expect(rows.map(\.problems) == [3, 3, 3, 3])
        let report = try await four.command(["report", four.directory.url.path, "--format", "md"])
        #expect(report.code == 0 && report.output.contains("pass@4") && report.output.contains("maj@4"))

        let eight = try job(8)
        #expect(try await eight.run().code == 0)
        #expect(try texts(eight, below: 4) == texts(four, below: 8))
        #expect(try eight.resultLines().count == 2 * 24 + 3 + 6)
        let other = try await four.run(["--set", "methods.0.rsd.temperature=0.9"])
        #expect(other.code == 5 && other.messages.contains("methods.rsd.temperature: 0.8 → 0.9"), "\(other.messages)")
    }

    @Test("validate and plan count all samples")
    func counts() async throws {
        let job = try job(4)
        let validated = try await job.command(["validate", job.file.path, "--json"])
        let object = try JSONSerialization.jsonObject(with: Data(validated.output.utf8)) as? [String: Any]
        #expect(
            validated.code == 0 && (object?["job"] as? [String: Any])?["trajectories"] as? Int == 33,
            "\(validated.output)")
        #expect(!validated.messages.contains("are the same"), "\(validated.messages)")
        let plan = try await job.command(["plan", job.file.path, "--set", "samples=2"])
        #expect(plan.code == 0 && plan.output.contains("21 trajectories"), "\(plan.output)")
        let same = try await job.command(["validate", job.file.path, "--set", "methods.2.target_only.samples=2"])
        #expect(same.messages.contains("all samples of a problem by 'target_only' are the same"), "\(same.messages)")
    }
}
