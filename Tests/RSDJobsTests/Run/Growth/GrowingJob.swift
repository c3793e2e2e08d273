import Foundation
import ModelLifecycle
import TestSupport

@testable import Decoding
@testable import Graders
@testable import JobSpecs
@testable import RSDJobs
@testable import RunStore
@testable import Runner
@testable import Support

/// A job that a test changes between runs.
struct GrowingJob: Sendable {
    /// Where its data sets are.
    var folder: URL
    var methods = ["{ rsd: { threshold: 0.5, name: rsd-0.5 } }", "target_only"]
    var datasets = ["first": 3]
    var seeds = [7]
    /// nil for one per seed.
    var samples: Int?
    var maxTokens = 14
    var maxSteps = 4
    var temperature = 0.0
    /// Put before each question.
    var wording = ""
    var prompt = "{question}\\n\\n"

    init(in folder: URL) { self.folder = folder }

    func load() throws -> LoadedJob {
        let fixture = try SpecFixture()
        var lines: [String] = []
        for (name, count) in datasets.sorted(by: { $0.key < $1.key }) {
            let file = folder.appending(path: "\(name)-\(wording.count)-\(count).jsonl")
            let problems = (0..<count).map {
                #"{"question": "\#(wording)\#(name) \#($0)?", "answer": "\#($0)", "uid": "p\#($0)"}"#
            }
            try Data(problems.joined(separator: "\n").utf8).write(to: file)
            lines.append("  - { name: \(name), path: \(file.path), id: uid }")
        }
        try fixture.distinguishTarget()
        try fixture.writeJob(
            ("  - { rsd: { threshold: 0.7 } }\n  - target_only", methods.map { "  - \($0)" }.joined(separator: "\n")),
            (
                "seed: 7",
                "seed: [\(seeds.map { "\($0)" }.joined(separator: ", "))]" + (samples.map { "\nsamples: \($0)" } ?? "")
            ),
            ("  - { name: heldout, path: problems.jsonl }", lines.joined(separator: "\n")),
            (
                "max_tokens: 64, temperature: 0",
                "max_tokens: \(maxTokens), max_steps: \(maxSteps), temperature: \(temperature)"
            ),
            (#"prompt: "{question}\n\n""#, "prompt: \"\(prompt)\""))
        return try fixture.load()
    }

    /// Runs it, and returns the requests that were sent.
    @discardableResult
    func run(
        in directory: RunDirectory, reusing reuse: [RunDirectory] = [], stoppingAfter limit: Int? = nil,
        shard: Shard? = nil, observe: @escaping @Sendable (RunEvent) -> Void = { _ in },
        asking: @escaping @Sendable (InferenceRequest) -> Void = { _ in }
    ) async throws -> [RequestFingerprint: Int] {
        let whole = try load()
        let job = try shard.map(whole.part) ?? whole
        let interruption = Interruption()
        let models = TextModels(job, stoppingAfter: limit, interruption, asking: asking)
        let pool = FakePool(engines: models.engines)
        let run = JobRun<RunOutcome>(
            job: job, directory: directory, makeProvider: { pool }, grader: ExactGrader(), graderID: ExactGrader.id,
            interruption: interruption, retryFailed: false, reuse: reuse.map(\.url), observe: observe)
        do {
            _ = try await run.run()
        } catch is Interrupted where limit != nil {
        }
        return models.asked
    }
}
