import Answers
import Foundation
import RunnerSupport
import Support
import Testing

@Suite("plan", .inSlots) struct PlanTests {
    private struct Output: Decodable {
        struct Row: Decodable {
            var name: String
            var taken: Double
            var isWithin: Bool
        }
        struct Comparison: Decodable { var rows: [Row] }
        var comparison: Comparison?
    }

    /// That do not depend on the machine.
    private static let counted = ["waves", "requests", "answers shared", "engine starts", "swaps"]

    @Test("a plan of the demo holds what the run then takes, and makes nothing itself")
    func demo() async throws {
        let job = try TestJob(
            JobSetup(
                problems: 0..<30, methods: "[draft_only, target_only, { rsd: { threshold: 0.7 } }]", maxTokens: 200,
                maxSteps: 20))
        let plan = try await job.command(["plan", job.file.path])
        #expect(plan.code == 0, "\(plan.messages)")
        #expect(plan.output.contains("trajectories") && plan.output.contains("time on"), "\(plan.output)")
        #expect(!FileManager.default.fileExists(atPath: job.directory.url.path))
        #expect(!FileManager.default.fileExists(atPath: job.scratch.appending(path: "requests.jsonl").path))

        #expect(try await job.run().code == 0)
        for profile in [[], ["--profile", job.directory.url.path]] {
            let files = try job.snapshot()
            let held = try await job.command(
                ["plan", job.file.path, "--against", job.directory.url.path, "--json"] + profile)
            #expect(held.code == 0, "\(held.messages)")
            let output = try JSONDecoder().decode(Output.self, from: Data(held.output.utf8))
            let rows = try #require(output.comparison).rows.filter { Self.counted.contains($0.name) }
            #expect(rows.count == Self.counted.count)
            #expect(rows.filter { !$0.isWithin }.isEmpty, "\(rows)")
            #expect(try job.snapshot() == files)
        }
    }

    @Test("what cannot be planned is told")
    func refusals() async throws {
        let job = try TestJob()
        let missing = try await job.command(["plan", job.file.path, "--against", job.directory.url.path])
        #expect(missing.code == 2 && missing.messages.contains("not a run directory"), "\(missing.messages)")
        #expect(try await job.command(["plan", job.file.path, "--gpu-memory", "-1"]).code == 64)
        #expect(try await job.command(["plan", job.file.path, "--gpus", "2"]).code == 64)
        #expect(try await job.command(["plan", job.file.path, "--gpu-memory", "80", "--gpus", "0"]).code == 64)
        #expect(try await job.command(["plan", job.file.path, "--ram", "0"]).code == 64)
        let node = ["--gpu-memory", "80", "--gpus", "2", "--ram", "500"]
        #expect(try await job.command(["plan", job.file.path] + node).code == 0)
    }
}
