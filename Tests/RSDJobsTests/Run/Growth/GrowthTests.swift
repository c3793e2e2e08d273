import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("A run whose job is changed")
struct GrowthTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch(inMemory: true) }

    private func directory(_ name: String = "run") -> RunDirectory { RunDirectory(scratch.file(name)) }

    @Test("a threshold more pays only what the others have not asked")
    func threshold() async throws {
        var job = GrowingJob(in: scratch.url)
        let first = try await job.run(in: directory())
        job.methods.append("{ rsd: { threshold: 0.9, name: rsd-0.9 } }")
        let second = try await job.run(in: directory())
        #expect(!second.isEmpty && Set(first.keys).isDisjoint(with: second.keys))
        let manifest = try Manifest.ofRun(in: directory())
        #expect(manifest.format == 2 && manifest.history?.count == 1)
        #expect(manifest.identity == SpecIdentity(try job.load()))
        // Nothing has changed now, and nothing is asked.
        #expect(try await job.run(in: directory()).isEmpty)
        #expect(try Manifest.ofRun(in: directory()).history?.count == 1)
    }

    @Test("what is taken away is left out of the results, kept in the journal, and free when it comes back")
    func takenAway() async throws {
        let whole = GrowingJob(in: scratch.url)
        try await whole.run(in: directory())
        let results = try Data(contentsOf: directory().results)
        var part = whole
        part.methods.removeLast()
        #expect(try await part.run(in: directory()).isEmpty)
        #expect(try !String(contentsOf: directory().results, encoding: .utf8).contains("target_only"))
        #expect(try await whole.run(in: directory()).isEmpty)
        #expect(try Data(contentsOf: directory().results) == results)
    }

    @Test("of a higher limit, only the answers that the old one had cut are asked for again")
    func higherLimit() async throws {
        var job = GrowingJob(in: scratch.url)
        job.methods = ["target_only"]
        job.datasets = ["first": 30]
        job.maxTokens = 8
        try await job.run(in: directory())
        let cut = try StoredRun(directory()).trajectories.count { $0.response.finish == .maxTokens }
        #expect((1..<30).contains(cut))
        job.maxTokens = 200
        let notes = Mutex<[RunEvent]>([])
        let asked = try await job.run(in: directory()) { event in notes.withLock { $0.append(event) } }
        #expect(asked.count == cut)
        #expect(try StoredRun(directory()).trajectories.allSatisfy { $0.response.finish != .maxTokens })
    }

    @Test("fewer problems, and others again, need only those that are new")
    func problems() async throws {
        var job = GrowingJob(in: scratch.url)
        job.methods = ["draft_only"]
        try await job.run(in: directory())
        job.datasets["first"] = 2
        #expect(try await job.run(in: directory()).isEmpty)
        #expect(try StoredRun(directory()).trajectories.count == 2)
        job.datasets["first"] = 5
        #expect(try await job.run(in: directory()).count == 2)
    }

    @Test(
        "a change that would mix is refused with the difference, and with what another run could take over",
        arguments: [
            ("decoding.temperature: 0 → 0.5", 0), ("prompt: ", 0), ("decoding.max_tokens: 14 → 13", 1),
            ("datasets.first.questions", 0), ("seed: 7 → 8", 6), ("seed: 7, 8 → 7", 6),
            ("methods.rsd-0.5.threshold: 0.5 → 0.6", 9),
        ])
    func refused(change: String, reusable: Int) async throws {
        var job = GrowingJob(in: scratch.url)
        if change == "seed: 7, 8 → 7" { job.seeds = [7, 8] }
        try await job.run(in: directory())
        let journal = try Data(contentsOf: directory().journal)
        switch change.prefix(12) {
        case "decoding.tem": job.temperature = 0.5
        case "prompt: ": job.prompt = "Q: {question}\\n"
        case "decoding.max": job.maxTokens = 13
        case "datasets.fir":
            job.wording = "really, "
            job.datasets["first"] = 4
        case "seed: 7 → 8": job.seeds = [8]
        case "seed: 7, 8 →":
            job.seeds = [7]
            job.samples = 2
        default: job.methods[0] = "{ rsd: { threshold: 0.6, name: rsd-0.5 } }"
        }
        let refusal = await #expect(throws: SpecChanged.self) { try await job.run(in: directory()) }
        #expect(refusal?.explanation.summary.contains(change) == true, "\(refusal?.explanation.summary ?? "")")
        #expect((refusal?.reusable ?? 0) >= reusable && (reusable > 0) == ((refusal?.reusable ?? 0) > 0))
        #expect(try Data(contentsOf: directory().journal) == journal)
        #expect(try Manifest.ofRun(in: directory()).history == nil)
    }

    @Test("responses of other runs are taken where the requests are equal, and each says where it is from")
    func reuse() async throws {
        var trial = GrowingJob(in: scratch.url)
        trial.datasets = ["first": 2]
        let paid = try await trial.run(in: directory("trials/small"))
        var job = GrowingJob(in: scratch.url)
        job.datasets = ["renamed": 1, "first": 5]
        let asked = try await job.run(in: directory(), reusing: [directory("trials")])
        let fresh = try await job.run(in: directory("fresh"))
        #expect(asked.count == fresh.count - paid.count && Set(asked.keys).isDisjoint(with: paid.keys))
        #expect(try Data(contentsOf: directory().results) == Data(contentsOf: directory("fresh").results))
        let figures = try StoredRun(directory()).figures
        #expect(
            figures.requests.reused == [
                .init(run: directory("trials/small").url.path, engine: "fake", answers: paid.count)
            ])
        #expect(figures.requests.asked == asked.count)
        // Named again, it adds nothing.
        let journal = try Data(contentsOf: directory().journal)
        #expect(try await job.run(in: directory(), reusing: [directory("trials/small")]).isEmpty)
        #expect(try Data(contentsOf: directory().journal) == journal)
    }

    @Test("responses of other models, prompts and sampling are not taken")
    func foreign() async throws {
        var other = GrowingJob(in: scratch.url)
        other.prompt = "Q: {question}\\n"
        try await other.run(in: directory("other"))
        let fresh = try await GrowingJob(in: scratch.url).run(in: directory("fresh"))
        #expect(try await GrowingJob(in: scratch.url).run(in: directory(), reusing: [directory("other")]) == fresh)
        #expect(try StoredRun(directory()).figures.requests.reused == nil)
    }

    @Test("a folder with damaged runs gives what the others have; a damaged run that is named is an error")
    func damaged() async throws {
        let job = GrowingJob(in: scratch.url)
        try await job.run(in: directory("runs/good"))
        try await job.run(in: directory("runs/bad"))
        try Data("no manifest".utf8).write(to: directory("runs/bad").manifest)
        #expect(try await job.run(in: directory(), reusing: [directory("runs")]).isEmpty)
        await #expect(throws: DamagedRun.self) {
            try await job.run(in: directory("next"), reusing: [directory("runs/bad")])
        }
        await #expect(throws: NothingToReuse.self) {
            try await job.run(in: directory("next"), reusing: [directory("nowhere")])
        }
    }

    @Test(
        "journals of earlier versions, which do not name their requests, grow and are reused", arguments: [true, false])
    func earlierVersions(isReused: Bool) async throws {
        var job = GrowingJob(in: scratch.url)
        let old = directory("old")
        try await job.run(in: old)
        try old.forgetRequests()
        // The same method under another name, which only the old spec tells.
        job.methods = ["{ rsd: { threshold: 0.5, name: renamed } }", "target_only", "draft_only"]
        job.datasets["first"] = 4
        let fresh = try await job.run(in: directory("fresh"))
        let asked =
            isReused ? try await job.run(in: directory(), reusing: [old]) : try await job.run(in: old)
        let paid = try await GrowingJob(in: scratch.url).run(in: directory("first"))
        #expect(asked.count == fresh.count - paid.count)
        #expect(
            try Data(contentsOf: (isReused ? directory() : old).results) == Data(contentsOf: directory("fresh").results)
        )
    }

    @Test("shards that grow take what another shard has worked on, and merge")
    func shards() async throws {
        var job = GrowingJob(in: scratch.url)
        job.datasets = ["first": 6]
        let run = ShardedRun(directory("sharded"))
        let shards = [1, 2].compactMap { Shard(index: $0, count: 2) }
        for shard in shards { try await job.run(in: run.directory(of: shard), shard: shard) }
        job.datasets = ["first": 9]
        job.methods.append("draft_only")
        var asked = 0
        for shard in shards {
            if shard.index == 2 {
                let unfit = await #expect(throws: ShardsUnfit.self) {
                    _ = try await Job.merge(run.parent, interruption: Interruption(), began: { _, _, _ in })
                }
                #expect(unfit?.faults.map(\.shard) == [shard])
                #expect(unfit?.explanation.summary.contains("change it too: rsd-batch run ") == true)
            }
            asked += try await job.run(in: run.directory(of: shard), shard: shard).count
        }
        var whole = GrowingJob(in: scratch.url)
        whole.datasets = ["first": 6]
        try await whole.run(in: directory("whole"))
        #expect(asked == (try await job.run(in: directory("whole")).count))
        _ = try await Job.merge(run.parent, interruption: Interruption(), began: { _, _, _ in })
        #expect(try Data(contentsOf: run.parent.results) == Data(contentsOf: directory("whole").results))
        #expect(try run.isMerged())
        job.methods.removeLast()
        try await job.run(in: run.directory(of: shards[0]), shard: shards[0])
        #expect(try !run.isMerged())
    }
}
