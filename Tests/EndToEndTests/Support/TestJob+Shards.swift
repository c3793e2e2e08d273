import Foundation
import JobSpecs
import RunStore
import RunnerSupport

extension TestJob {
    var shards: ShardedRun { ShardedRun(directory) }

    func directory(ofShard shard: String) throws -> RunDirectory {
        guard let shard = Shard(shard) else { throw ProgramFailed("\(shard) is no shard") }
        return shards.directory(of: shard)
    }

    func run(shard: String, _ options: [String] = [], environment: [String: String] = [:]) async throws -> Ended {
        try await run(["--shard", shard] + options, environment: environment)
    }

    func merge(_ options: [String] = []) async throws -> Ended {
        try await command(["merge", directory.url.path] + options)
    }

    /// Answers in the journal of a shard.
    func eventCount(ofShard shard: String) -> Int {
        let text = (try? String(contentsOf: directory(ofShard: shard).journal, encoding: .utf8)) ?? ""
        return text.matches(of: /"kind":"(generated|scored)"/).count
    }

    /// Starts a shard and kills its runner once so many answers are in its journal.
    func runAndKill(shard: String, afterEvents count: Int) async throws -> Bool {
        let runner = try start(["--shard", shard])
        let isThere = await runner.reached { eventCount(ofShard: shard) >= count }
        runner.send(9)
        return await runner.exitCode() == 137 && isThere
    }
}
