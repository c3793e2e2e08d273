import Foundation
@testable import Terminal
import TestSupport
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Runner
@testable import Support

@Suite("Lists of runs") struct RunsTests {
    private func list(_ runs: borrowing ComparedRuns) throws -> [ListedRun] {
        try ListedRun.all(below: runs.directory("").url.path)
    }

    private func found(_ name: String, _ runs: borrowing ComparedRuns) throws -> ListedRun {
        let path = runs.directory(name).url.path
        return try #require(try list(runs).first { $0.directory == path })
    }

    private func setDate(_ date: String, _ directory: RunDirectory) throws {
        var manifest = try #require(try Manifest.read(directory.manifest))
        manifest.created = date
        try manifest.write(to: directory.manifest)
    }

    /// Removes the last events, as if the run had been killed before them.
    private func cut(_ directory: RunDirectory) throws {
        let lines = try Data(contentsOf: directory.journal).split(separator: 10)
        try Data(lines.dropLast(4).joined(separator: [10]) + [10]).write(to: directory.journal)
        for file in [directory.results, directory.summary] { try FileManager.default.removeItem(at: file) }
    }

    @Test("each run is a line with its state, progress and best method, the oldest first")
    func states() async throws {
        let runs = try ComparedRuns()
        try await runs.run("new", right: ["rsd": ["p1", "p2", "p3"], "target_only": ["p1"]])
        try await runs.run("sweep/old", right: ["rsd": ["p1"], "target_only": ["p1", "p2"]])
        try await runs.run("cut")
        try await runs.run("held")
        try await runs.run("bad")
        try await runs.run("part", failing: ["p2"])
        for (day, name) in ["sweep/old", "cut", "held", "part", "new"].enumerated() {
            try setDate("2026-01-0\(day + 1)T00:00:00Z", runs.directory(name))
        }
        try cut(runs.directory("cut"))
        try Data("{}".utf8).write(to: runs.directory("bad").manifest)
        let lock = try await RunLock.take(runs.directory("held").lock)
        defer { lock.release() }
        let listed = try list(runs)
        #expect(listed.map(\.state) == [.finished, .interrupted, .running, .failed, .finished, .damaged])
        #expect(listed.map(\.job) == ["old", "cut", "held", "part", "new", nil])
        #expect(listed[0].directory.hasSuffix("/sweep/old"))
        #expect((listed[0].best, listed[0].finished, listed[0].total) == ("target_only", 12, 12))
        let best = try #require(listed[4].bestMethod)
        #expect((best.method, best.accuracy) == ("rsd", 0.5))
        #expect(try #require(listed[1].finished) < 12 && listed[1].total == 12)
        #expect(listed[2].host != nil && listed[3].failed == 2)
        #expect(listed[5].fault?.contains("manifest.json") == true)
    }

    @Test("the journal of a run is not read if its summary says everything", arguments: [false, true])
    func withoutJournal(isOld: Bool) async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["rsd": ["p1"]])
        let directory = runs.directory("a")
        if isOld {
            var summary = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: directory.summary)) as? [String: Any])
            for key in ["trajectories", "identity"] { summary[key] = nil }
            try JSONSerialization.data(withJSONObject: summary).write(to: directory.summary)
        }
        let before = try found("a", runs)
        try Data("nobody reads this\nor this\n".utf8).write(to: directory.journal)
        #expect(try found("a", runs) == before)
        #expect(before.state == .finished && before.finished == 12)
        try FileManager.default.removeItem(at: directory.journal)
        #expect(try found("a", runs).state == .damaged)
    }

    @Test("a summary of another job, or of a part, is not taken for the run's")
    func staleSummary() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        let directory = runs.directory("a")
        try cut(directory)
        try RunReport(directory).write(to: directory)
        #expect(try found("a", runs).state == .interrupted)
        try await runs.run("b")
        try await runs.run("c", changes: [("0.7", "0.8")])
        let other = runs.directory("b")
        try FileManager.default.removeItem(at: other.summary)
        try FileManager.default.copyItem(at: runs.directory("c").summary, to: other.summary)
        // Replayed, so the cut journal is noticed.
        let lines = try Data(contentsOf: other.journal).split(separator: 10)
        try Data(lines.dropLast(4).joined(separator: [10]) + [10]).write(to: other.journal)
        #expect(try found("b", runs).state == .interrupted)
    }

    @Test("an unfinished run whose data set is gone is interrupted, and nothing is wrong with it")
    func dataGone() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try cut(runs.directory("a"))
        try FileManager.default.removeItem(at: runs.dataFile("a"))
        let run = try found("a", runs)
        #expect((run.state, run.finished, run.total) == (.interrupted, nil, 12))
        #expect(run.fault != nil)
    }

    @Test("a run in shards is one line with its shards counted, merged or not")
    func shards() async throws {
        let runs = try ComparedRuns()
        let shards = Shard.all(3)
        let all = Set(ComparedRuns.sums.map(\.id))
        for shard in shards.prefix(2) { try await runs.run("parts", shard: shard, right: ["rsd": all]) }
        var run = try found("parts", runs)
        #expect(try list(runs).count == 1)
        #expect(run.shards == .init(count: 3, begun: 2, finished: 2, merged: false))
        #expect((run.state, run.finished, run.total) == (.interrupted, 8, nil))
        #expect(run.best == "rsd" && run.bestMethod?.accuracy == 1)
        let first = ShardedRun(runs.directory("parts")).directory(of: shards[0])
        let manifest = try Data(contentsOf: first.manifest)
        try Data("[".utf8).write(to: first.manifest)
        #expect(try found("parts", runs).state == .damaged)
        try manifest.write(to: first.manifest)
        try await runs.run("parts", shard: shards[2])
        run = try found("parts", runs)
        #expect((run.state, run.finished, run.total, run.shards?.finished) == (.finished, 12, 12, 3))
        _ = try await Job.merge(runs.directory("parts"), interruption: Interruption()) { _, _, _ in }
        run = try found("parts", runs)
        #expect((run.state, run.total, run.shards?.merged) == (.finished, 12, true))
    }

    @Test("runs up to four folders below the one that is named are found, and `--reuse` finds the same")
    func depth() async throws {
        let runs = try ComparedRuns()
        for name in ["a", "b/b/b/b", "c/c/c/c/c", ".hidden/d"] { try await runs.run(name) }
        let root = runs.directory("").url
        let linked = try Scratch()
        let away = RunDirectory(linked.file("away/run"))
        try FileManager.default.createDirectory(
            at: away.url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: runs.directory("a").url, to: away.url)
        // A link to a run counts; a link to a folder of runs is not followed.
        #expect(symlink(away.url.path, root.appending(path: "link").path) == 0)
        #expect(symlink(linked.path("away"), root.appending(path: "folder").path) == 0)
        let found = try RunFinder().runs(below: root).map(\.url.path)
        #expect(found == ["a", "b/b/b/b", "link"].map { runs.directory($0).url.path })
        let reused = try ReusedRuns([root], besides: RunDirectory(linked.file("own")))
        #expect(reused.found.map(\.directory.url.path) == found)
    }

    @Test("links lead neither in circles nor to a run twice, and other folders are no runs")
    func folders() async throws {
        let runs = try ComparedRuns()
        try await runs.run("deep/er/a")
        let root = runs.directory("").url
        #expect(symlink(root.path, root.appending(path: "circle").path) == 0)
        #expect(symlink(runs.directory("deep/er/a").url.path, root.appending(path: "latest").path) == 0)
        #expect(symlink("/nowhere", root.appending(path: "dangling").path) == 0)
        try Folder.make(root.appending(path: "extension").path)
        try Data(#"{"manifest_version": 3}"#.utf8).write(to: root.appending(path: "extension/manifest.json"))
        // Its run is the one that `latest` leads to, and others are out of reach.
        let elsewhere = try Scratch()
        #expect(symlink(elsewhere.url.path, root.appending(path: "elsewhere").path) == 0)
        #expect(try list(runs).map(\.directory) == [runs.directory("deep/er/a").url.path])
        // The folder may be a run itself, and end in a slash.
        #expect(try ListedRun.all(below: runs.directory("deep/er/a").url.path + "/").map(\.job) == ["a"])
        #expect(throws: NoFolder.self) { try ListedRun.all(below: root.path + "/none") }
        #expect(throws: NoFolder.self) { try ListedRun.all(below: root.path + "/job.yaml") }
    }
}
