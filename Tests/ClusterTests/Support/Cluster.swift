import Foundation
import RunnerSupport
import Testing

@testable import JobSpecs
@testable import ModelLifecycle
@testable import RSDJobs
@testable import RunStore

/// The Slurm that `scripts/slurm-up` brought up in `$RSD_TEST_SLURM`.
enum Cluster {
    static let directory = ProcessInfo.processInfo.environment["RSD_TEST_SLURM"].map { URL(filePath: $0) }

    static var environment: [String: String] {
        ["SLURM_CONF": directory?.appending(path: "slurm.conf").path ?? ""]
    }

    /// Brings back what is down.
    static func up(_ scratch: URL) async throws {
        let script = Programs.repository.appending(path: "scripts/slurm-up")
        try await run(script.path, [directory?.path ?? "", "--nodes", "2"], in: scratch)
    }

    static func run(_ program: String, _ words: [String], in scratch: URL) async throws {
        let process = try RunnerProcess(
            [program] + words, program: URL(filePath: "/usr/bin/env"), scratch: scratch, environment: environment,
            limit: .seconds(120))
        guard await process.exitCode() == 0 else { throw ProgramFailed("\(program): \(process.standardError)") }
    }

    /// The process of a node's slurmd.
    static func daemon(of node: String) throws -> pid_t {
        let file = try #require(directory).appending(path: "run/\(node).pid")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
}

extension Trait where Self == ConditionTrait {
    static var onCluster: ConditionTrait {
        .enabled(if: Cluster.directory != nil, "make test-slurm brings a Slurm up and names it in RSD_TEST_SLURM")
    }
}

extension RunnerJob<ClusterJob> {
    var shards: ShardedRun { ShardedRun(directory) }

    func shard(_ index: Int, of count: Int) throws -> RunDirectory {
        shards.directory(of: try #require(Shard(index: index, count: count)))
    }

    func submit(_ count: Int, _ options: [String] = []) async throws -> Submission {
        let submit = try await command(
            ["submit", file.path, "--run-dir", directory.url.path, "--shards", "\(count)"] + options,
            environment: Cluster.environment)
        guard submit.code == 0 else { throw ProgramFailed(submit.messages) }
        return try #require(try Submission.read(in: directory))
    }

    /// A command of Slurm's.
    func slurm(_ words: String...) async throws {
        try await Cluster.run(words[0], Array(words.dropFirst()), in: scratch)
    }

    func queue(_ submission: Submission) async throws -> [SlurmTask] {
        let variables = ProcessInfo.processInfo.environment.merging(Cluster.environment) { $1 }
        return try await Slurm(environment: variables).queue(submission)
    }

    /// Looks again and again until it holds.
    func wait(_ what: String, until holds: () async throws -> Bool) async throws {
        // Three minutes, in which even a task that is requeued several times ends.
        for _ in 0..<1800 {
            if try await holds() { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw ProgramFailed("\(what) did not come about\n\(logs)")
    }

    /// Waits until nothing of a submission is in the queue.
    func end(_ submission: Submission) async throws {
        try await wait("the end of the jobs") { try await queue(submission).isEmpty }
    }

    func records(ofShard index: Int, of count: Int) -> [JournalRecord] {
        (try? JournalReader.read(shard(index, of: count).journal).records) ?? []
    }

    /// The role whose model answered last in this shard, and how many answers there are.
    func progress(ofShard index: Int, of count: Int) -> (engine: String?, answers: Int) {
        let events = records(ofShard: index, of: count).filter(\.isEvent)
        return (events.last?.role?.rawValue, events.count)
    }

    var logs: String {
        let files =
            (try? FileManager.default.contentsOfDirectory(at: directory.logs, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.lastPathComponent.hasPrefix("slurm-") }.map {
            "\($0.lastPathComponent):\n" + ((try? String(contentsOf: $0, encoding: .utf8)) ?? "")
        }.joined(separator: "\n")
    }

    /// Nothing lost, and no engine left on a node.
    func expectWhole(_ count: Int) async throws {
        #expect(try await results() == reference(), "\(logs)")
        try expectNoEngine(count)
    }

    func expectNoEngine(_ count: Int) throws {
        for shard in Shard.all(count) {
            let ledger = (try? Data(contentsOf: shards.directory(of: shard).engines)) ?? Data()
            for start in LedgerStart.all(ledger: ledger) {
                guard let pid = start.pid else { continue }
                let tag = "RSD_BATCH_ENGINE_TAG=\(start.tag)"
                #expect(
                    ProcessFacts.isDead(pid) || !ProcessFacts.environment(of: pid).contains(tag),
                    "\(start.engine) of \(shard) was left")
            }
        }
    }
}
