import Foundation
import RSDJobs
import RunnerSupport
import TestSupport
import Testing

extension BeforeRelease {
    /// `scripts/measure-gpu`, on the models that it makes itself.
    @Suite struct LongMeasureTests {
        private struct Measurements: Decodable {
            struct Start: Decodable {
                var engine: String
                var seconds: Double
                var phases: [String: Double]
                var by: String
            }
            struct Throughput: Decodable {
                var engine: String
                var in_flight: Int
                var tokens_per_second: Double
            }
            struct Job: Decodable {
                var residency: String
                var results: Int
                var failed: Int
                var working_seconds: Double
                var starts: [JobStart]
            }
            struct JobStart: Decodable { var engine: String }
            struct Gap: Decodable { var what: String }

            var finished: Bool
            var starts: [Start]
            var throughput: [Throughput]
            var jobs: [Job]
            var missing: [Gap]
        }

        private static let script = Programs.repository.appending(path: "scripts/measure-gpu")

        @Test("the miniature on the CPU build has a figure for each thing that can be had there")
        func miniature() async throws {
            let scratch = try Scratch()
            let out = scratch.file("out")
            let process = try RunnerProcess(
                [
                    "--program", Programs.runner.path, "--models", "tiny", "--store", scratch.url.path, "--out",
                    out.path,
                    "--only", "draft,prm,share", "--problems", "10",
                    // Before it is killed, which would leave its engines behind.
                    "--minutes", "8",
                ], program: Self.script, scratch: scratch.url, limit: VLLMSetup.limit)
            let code = await process.exitCode()
            try #require(code == 0, "\(process.standardError)")
            let told = try JSONDecoder().decode(
                Measurements.self, from: Data(contentsOf: out.appending(path: "measurements.json")))
            #expect(told.finished, "\(process.standardError)")
            let own = told.starts.filter { $0.by == "vllm serve" }
            #expect(own.map(\.engine) == ["draft", "prm"])
            for start in own {
                #expect(Set(start.phases.keys) == ["imports", "weights", "graphs", "ready"])
                #expect(start.phases.values.allSatisfy { $0 >= 0 })
                #expect((start.phases["imports"] ?? 0) > 0)
                #expect(abs(start.phases.values.reduce(0, +) - start.seconds) < 0.1)
            }
            for engine in ["draft", "prm"] {
                let levels = told.throughput.filter { $0.engine == engine }
                #expect(levels.map(\.in_flight) == [1, 4, 16, 64])
                #expect(levels.allSatisfy { $0.tokens_per_second > 0 })
            }
            let job = try #require(told.jobs.first)
            #expect(job.residency == "share" && job.results == 10 && job.failed == 0)
            #expect(job.working_seconds > 0)
            #expect(Set(job.starts.map(\.engine)) == ["draft", "prm", "target"])
            #expect(told.missing.map(\.what).contains("sleep and waking of the draft"))
            let table = try String(contentsOf: out.appending(path: "measurements.md"), encoding: .utf8)
            #expect(table.contains("10 of 10"))
            #expect(process.standardOutput.contains(table))
        }
    }
}
