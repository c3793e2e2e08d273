import Foundation
import TestSupport
import Testing

@testable import Decoding
@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("A run whose journal or directory is not the present job's when it grows")
struct EarlierGrowthTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch(inMemory: true) }

    private func directory(_ name: String = "run") -> RunDirectory { RunDirectory(scratch.file(name)) }

    private func expectFresh(_ job: GrowingJob, _ found: RunDirectory) async throws {
        let fresh = directory("fresh-\(UUID())")
        try await job.run(in: fresh)
        #expect(try Data(contentsOf: found.results) == Data(contentsOf: fresh.results))
    }

    @Test("of a run of an earlier version, problems may be left out, and come back for nothing")
    func fewerProblems() async throws {
        var job = GrowingJob(in: scratch.url)
        try await job.run(in: directory())
        try directory().forgetRequests()
        job.datasets["first"] = 2
        #expect(try await job.run(in: directory()).isEmpty)
        try await expectFresh(job, directory())
        job.datasets["first"] = 3
        #expect(try await job.run(in: directory()).isEmpty)
        try await expectFresh(job, directory())
    }

    @Test("answers of an earlier version that an old limit cut do not come back with their method under a higher one")
    func cutBefore() async throws {
        var job = GrowingJob(in: scratch.url)
        job.methods = ["draft_only", "target_only"]
        job.maxTokens = 6
        try await job.run(in: directory())
        try directory().forgetRequests()
        job.methods = ["target_only"]
        job.maxTokens = 30
        try await job.run(in: directory())
        job.methods = ["draft_only", "target_only"]
        try await job.run(in: directory())
        try await expectFresh(job, directory())
    }

    @Test(
        "other questions come back under the names of old ones without their answers, in a journal of an earlier version too"
    )
    func otherQuestions() async throws {
        var job = GrowingJob(in: scratch.url)
        job.datasets = ["first": 2, "second": 2]
        try await job.run(in: directory())
        try directory().forgetRequests()
        job.datasets = ["second": 2]
        try await job.run(in: directory())
        job.datasets = ["first": 2]
        job.wording = "really, "
        try await job.run(in: directory())
        try await expectFresh(job, directory())
    }

    @Test("a run of an earlier version whose data was changed gives no responses to the new questions")
    func changedSource() async throws {
        let old = directory("old")
        var job = GrowingJob(in: scratch.url)
        try await job.run(in: old)
        try old.forgetRequests()
        // The file that the old spec names holds other questions under the same ids.
        let file = scratch.file("first-0-3.jsonl")
        try Data(String(contentsOf: file, encoding: .utf8).replacing("first", with: "other").utf8).write(to: file)
        job.datasets = ["other": 3]
        let asked = try await job.run(in: directory("new"), reusing: [old])
        #expect(try await job.run(in: directory("fresh")) == asked)
    }

    @Test(
        "a process that ended between the manifest and the journal's note of a change is made up for, and reported until then",
        arguments: [true, false])
    func endedBetween(isEarlierVersion: Bool) async throws {
        var job = GrowingJob(in: scratch.url)
        try await job.run(in: directory())
        if isEarlierVersion { try directory().forgetRequests(andJob: true) }
        let journal = try Data(contentsOf: directory().journal)
        job.methods = ["draft_only", "target_only"]
        job.maxTokens = 30
        try await job.run(in: directory())
        try journal.write(to: directory().journal)
        let fault = #expect(throws: DamagedRun.self) { try StoredRun(directory()) }
        #expect(fault?.explanation.remedy?.contains("Run the changed job again") == true)
        try await job.run(in: directory())
        try await expectFresh(job, directory())
        #expect(try StoredRun(directory()).trajectories.isFinished)
    }

    @Test("a merged run whose shards are gone grows as a whole")
    func merged() async throws {
        var job = GrowingJob(in: scratch.url)
        job.datasets = ["first": 6]
        job.maxTokens = 8
        let run = ShardedRun(directory("sharded"))
        let shards = [1, 2].compactMap { Shard(index: $0, count: 2) }
        for shard in shards { try await job.run(in: run.directory(of: shard), shard: shard) }
        _ = try await Job.merge(run.parent, interruption: Interruption(), began: { _, _, _ in })
        for shard in shards { try FileManager.default.removeItem(at: run.directory(of: shard).url) }
        for limit in [12, 40] {
            job.maxTokens = limit
            try await job.run(in: run.parent)
            try await expectFresh(job, run.parent)
            #expect(try StoredRun(run.parent).trajectories.isFinished)
        }
    }
}

extension RunDirectory {
    /// Makes the journal one of an earlier version, which does not name its requests, nor in early ones its job.
    func forgetRequests(andJob: Bool = false) throws {
        let records = try JournalReader.read(journal).records.compactMap { record -> JournalRecord? in
            switch record {
            case .begun where andJob: return nil
            case .event(let id, let event, var origin):
                origin.request = nil
                return .event(id, event, origin)
            default: return record
            }
        }
        _ = try JournalReader.rewrite(journal, as: records)
        guard andJob, var manifest = try Manifest.read(manifest) else { return }
        manifest.namesJournal = nil
        try manifest.write(to: self.manifest)
    }
}
