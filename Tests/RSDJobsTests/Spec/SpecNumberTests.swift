import Foundation
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import Runner
@testable import Support

@Suite("Numbers from outside")
struct SpecNumberTests {
    private static let absurd = [
        "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999999",
        "0xffffffffffffffff",
        "1e308", "-1", ".inf", ".nan", "1e400",
    ]

    /// Places for a number in the fixture's job.
    private static let places: [(String, String)] = [
        ("seed: 7", "seed: N"), ("max_tokens: 64", "max_tokens: N"), ("max_tokens: 64", "max_steps: N"),
        ("max_tokens: 64", "lookahead: N"), ("temperature: 0", "temperature: N"), ("temperature: 0", "top_p: N"),
        ("concurrency: 8", "concurrency: N"), ("concurrency: 8", "start_timeout: N"),
        ("concurrency: 8", "stall_timeout: N"),
        ("concurrency: 8", "stop_grace: N"), ("- target_only", "- { majority: { n: N } }"),
        ("- target_only", "- { beam_search: { n: N, beams: N } }"),
        ("- target_only", "- { best_of_n: { n: N, temperature: N } }"),
        ("- target_only", "- { speculative: { tokens: N } }"),
        ("path: problems.jsonl", "path: problems.jsonl, limit: N"),
        ("path: problems.jsonl", "path: problems.jsonl, start: N"),
        ("path: problems.jsonl", "path: problems.jsonl, shuffle: N"),
        ("threshold: 0.7", "threshold: N"), ("threshold: 0.7", "weighting: logistic, alpha: N, threshold: 0.7"),
        ("target: { model: models/target }", "target: { model: models/target, context: N }"),
        ("target: { model: models/target }", "target: { model: models/target, parameters: N }"),
        ("with: exact", "with: math-verify, timeout: N"), ("with: exact", "with: command, command: [x], timeout: N"),
        (
            "concurrency: 8",
            "args: { gpu-memory-utilization: N, max-model-len: N, cpu-offload-gb: N, tensor-parallel-size: N }"
        ),
        ("concurrency: 8", "args: { kv-cache-memory-bytes: N }, env: { VLLM_CPU_KVCACHE_SPACE: N }"),
    ]

    @Test("no number in a spec traps, and those that nobody can mean are named", arguments: absurd)
    func absurdNumbers(number: String) throws {
        let fixture = try SpecFixture()
        for (old, new) in Self.places {
            try fixture.writeJob((old, new.replacing("N", with: number)))
            guard let job = try? fixture.load() else { continue }
            try use(job)
        }
    }

    /// Computes all that a job's numbers go into before an engine is up.
    private func use(_ job: LoadedJob) throws {
        _ = job.spec.renderYAML()
        for machine in [Machines.gpu(), Machines.cpu(64)] {
            for residency in [ResidencyKind.auto, .share, .sleep, .swap] {
                var spec = job.spec
                spec.engine.residency = residency
                spec.engine.kind = .vllm
                _ = try? ResidencyPlan(spec, models: job.memory, on: machine)
            }
        }
        _ = job.spec.engine.deadlineCosts
        _ = [job.spec.engine.startTimeout, job.spec.engine.stallTimeout, job.spec.engine.stopGrace].map {
            Duration.seconds($0) * 2
        }
        _ = Assumptions(job.spec.decoding).cases
    }

    @Test(
        "limits are reported with the place",
        arguments: [
            (
                "concurrency: 8", "concurrency: 65537",
                "job.yaml:9:16: error: 'concurrency' must be at most 65536, found 65537"
            ),
            (
                "max_tokens: 64", "max_tokens: 9223372036854775807",
                "job.yaml:13:44: error: 'max_tokens' must be at most 1000000000, found 9223372036854775807"
            ),
            (
                "concurrency: 8", "stall_timeout: 1e300",
                "job.yaml:9:18: error: 'stall_timeout' must be at most 1000000000, found 1e300"
            ),
        ])
    func limits(old: String, new: String, said: String) throws {
        let fixture = try SpecFixture()
        try fixture.writeJob((old, new))
        #expect(fixture.fault().hasPrefix(said), "\(fixture.fault())")
    }

    @Test(
        "times from flags and the environment are bounded",
        arguments: Self.absurd + ["999999999999999999999999d", "1e300", "inf", "nan", "0", "1"])
    func times(text: String) throws {
        let costs = Deadline.Costs(unknownLoad: 1, leastWork: 1, stopping: 1)
        for deadline in [
            Deadline(text, now: .now), Deadline(text + "s", now: .now), .slurm(["SLURM_JOB_END_TIME": text]),
        ] {
            guard let deadline else { continue }
            _ = Duration.seconds(bounding: deadline.secondsToStop(now: .now, costs))
            _ = deadline.refusal(now: .now, bringingUp: ["draft"], arriving: 1e300, costs)
            _ = deadline.refusal(now: .distantFuture, bringingUp: [], arriving: 0, costs)
        }
        _ = Shard(text)
        _ = Shard("1/\(text)")
        _ = Int(humanReadable: text)
        _ = Int(humanReadable: text + "G")
    }

    @Test("counts in a journal or an answer are bounded where they are read")
    func counts() throws {
        struct Line: Codable { @Counted var tokens: Int }
        for number in ["9223372036854775807", "-1", "1099511627777", "1e300", "0.5", "null"] {
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(Line.self, from: Data(#"{"tokens": \#(number)}"#.utf8))
            }
        }
        let line = try JSONDecoder().decode(Line.self, from: Data(#"{"tokens": 7}"#.utf8))
        #expect(line.tokens == 7)
        #expect(String(decoding: try JSONEncoder().encode(line), as: UTF8.self) == #"{"tokens":7}"#)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(StepText.self, from: Data(#"{"text": "", "tokens": 9223372036854775807}"#.utf8))
        }
    }

    @Test("arithmetic on absurd numbers does not trap")
    func arithmetic() {
        let (most, least) = (Int.max, Int.min)
        let sums: [Int] = [most.plus(1), least.plus(-1), 2.plus(3)]
        #expect(sums == [most, least, 5] as [Int])
        let products: [Int] = [most.times(2), most.times(-2), least.times(-1), 6.times(7)]
        #expect(products == [most, least, most, 42] as [Int])
        let bounded: [Int] = [Int(bounding: .nan), Int(bounding: .infinity), Int(bounding: -1e300), Int(bounding: 2.5)]
        #expect(bounded == [0, most, least, 3] as [Int])
        #expect(Int(memory: UInt64.max) == 1 << 50)
        #expect(Int(memory: -5) == 0)
        #expect(Duration.seconds(bounding: .infinity) == .seconds(1e9))
        #expect(Duration.seconds(bounding: .nan) == .zero)
    }
}
