import Foundation
import Testing

@testable import JobSpecs
@testable import RSDJobs
@testable import Reporting
@testable import RunStore
@testable import Support

@Suite("Runs compared") struct CompareTests {
    @Test("methods of runs on one data set are paired problem by problem, and the tests corrected for their number")
    func sameProblems() async throws {
        let runs = try ComparedRuns()
        try await runs.run("base", right: ["rsd": ["p1", "p2"], "target_only": ["p1", "p2", "p3"]])
        try await runs.run(
            "cot", changes: [("max_tokens: 64", "max_tokens: 65")],
            right: ["rsd": ["p2", "p3", "p4", "p5"], "target_only": ["p3"]])
        let comparison = try runs.compare("base", "cot")
        #expect(comparison.reference == "base/target_only")
        #expect(comparison.rows.map(\.name) == ["base/rsd", "base/target_only", "cot/rsd", "cot/target_only"])
        let test = try #require(try comparison.row("cot/rsd").paired)
        #expect((test.kind, test.problems, test.wins, test.losses, test.ties) == (.mcNemar, 6, 2, 1, 3))
        #expect(test.p == 1 && test.holm == 1)
        let other = try #require(try comparison.row("cot/target_only").paired)
        #expect((other.wins, other.losses, other.p) == (0, 2, 0.5))
        // Three tests.
        #expect(other.holm == 1)
        let reference = try comparison.row("base/target_only")
        #expect(reference.isReference && reference.paired == nil && reference.relativePaper == 1)
        #expect(comparison.overlaps.map(\.shared) == [6])
        #expect(comparison.differences.map(\.key).contains("decoding.max_tokens"))
        #expect(!comparison.differences.map(\.key).contains("decoding.temperature"))
        #expect(comparison.warnings.isEmpty)
    }

    @Test("another question under the same data set, id and number is never paired")
    func otherQuestions() async throws {
        let runs = try ComparedRuns()
        let changed = ComparedRuns.sums.enumerated().map { place, record in
            place < 4 ? (record.id, record.question + "!", record.gold) : record
        }
        try await runs.run("a", right: ["rsd": ["p1", "p2", "p3", "p4"]])
        try await runs.run("b", changed, right: ["rsd": ["p5"]])
        let comparison = try runs.compare("a", "b")
        let overlap = try #require(comparison.overlaps.first)
        #expect((overlap.shared, overlap.onlyHere.count, overlap.onlyThere.count, overlap.unknown) == (2, 4, 4, 0))
        #expect(overlap.otherQuestion == ["heldout/p1", "heldout/p2", "heldout/p3", "heldout/p4"])
        let test = try #require(try comparison.row("b/rsd").paired)
        #expect((test.problems, test.wins, test.losses) == (2, 1, 0))
        #expect(comparison.warnings.contains { $0.contains("another question") })
    }

    @Test("the same question is paired under another data set's name, id, order and limit")
    func renamed() async throws {
        let runs = try ComparedRuns()
        let others = ComparedRuns.sums.reversed().enumerated().map { ("x\($0)", $1.question, $1.gold) }
        try await runs.run("a", right: ["target_only": ["p6", "p5"]])
        try await runs.run(
            "b", others, changes: [("name: heldout", "name: sums, limit: 4")], right: ["rsd": ["x0"]])
        let comparison = try runs.compare("a", "b")
        let overlap = try #require(comparison.overlaps.first)
        #expect((overlap.shared, overlap.onlyHere.count, overlap.onlyThere.count) == (4, 0, 2))
        #expect(overlap.renamed == [.init(here: "sums", there: "heldout", problems: 4)])
        let test = try #require(try comparison.row("b/rsd", "sums").paired)
        // x0 is p6; p5 is x1.
        #expect((test.problems, test.wins, test.losses) == (4, 0, 1))
    }

    @Test("the same question with another gold answer is not paired, and named")
    func otherGold() async throws {
        let runs = try ComparedRuns()
        var changed = ComparedRuns.sums
        changed[0].gold = "3"
        changed[1] = ("q", changed[1].question, "5")
        try await runs.run("a")
        try await runs.run("b", changed)
        let overlap = try #require(try runs.compare("a", "b").overlaps.first)
        #expect((overlap.shared, overlap.otherQuestion, overlap.otherGold) == (4, [], ["heldout/p1", "heldout/q"]))
    }

    @Test("a data set whose answers have changed since is compared by those that the results were graded by")
    func changedGold() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try await runs.run("b")
        let data = try String(contentsOf: runs.dataFile("b"), encoding: .utf8)
        try data.replacing(#""2""#, with: #""3""#).write(to: runs.dataFile("b"), atomically: true, encoding: .utf8)
        let overlap = try #require(try runs.compare("a", "b").overlaps.first)
        #expect((overlap.shared, overlap.otherGold) == (6, []))
    }

    @Test("of a question that is asked twice, each is paired once")
    func repeated() async throws {
        let runs = try ComparedRuns()
        let twice: [ComparedRuns.Record] = [("a", "1+1?", "2"), ("b", "1+1?", "2"), ("c", "2+2?", "4")]
        try await runs.run("a", twice, right: ["target_only": ["a"]])
        try await runs.run("b", Array(twice.reversed()), right: ["rsd": ["b"], "target_only": ["a"]])
        try await runs.run("c", [("z", "1+1?", "2"), ("c", "2+2?", "4")])
        let comparison = try runs.compare("a", "b", "c")
        #expect(comparison.overlaps.map(\.shared) == [3, 2])
        #expect(comparison.overlaps.map(\.onlyThere) == [[], ["heldout/b"]])
        let test = try #require(try comparison.row("b/rsd").paired)
        #expect((test.wins, test.losses, test.ties) == (1, 1, 1))
        #expect(try comparison.row("b/target_only").paired?.ties == 3)
    }

    @Test("several samples of a problem count as one observation")
    func samples() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["target_only": ["p1"]])
        try await runs.run("b", changes: [("seed: 7", "seed: [1, 2]")], right: ["rsd": ["p1", "p2", "p3"]])
        let comparison = try runs.compare("a", "b")
        let test = try #require(try comparison.row("b/rsd").paired)
        #expect((test.kind, test.problems, test.wins, test.losses) == (.t, 6, 2, 0))
        #expect(test.difference == 1.0 / 3)
        #expect(comparison.isMixed && comparison.footnotes().contains { $0.hasPrefix("p†") })
    }

    @Test("a run whose data set is gone is compared by what it kept")
    func dataGone() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["target_only": ["p1"]])
        try await runs.run("b", ComparedRuns.sums.dropLast(), right: ["rsd": ["p2"]])
        let before = try runs.compare("a", "b")
        try FileManager.default.removeItem(at: runs.dataFile("a"))
        try FileManager.default.removeItem(at: runs.dataFile("b"))
        let after = try runs.compare("a", "b")
        #expect(after.rows == before.rows && after.overlaps == before.overlaps)
        #expect(after.differences == before.differences)
        #expect(after.runs.allSatisfy { $0.notes.count == 1 }, "\(after.runs)")
    }

    @Test("where it cannot be known whether problems are the same, they are not paired", arguments: [false, true])
    func unknown(isTampered: Bool) async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["target_only": ["p1"]])
        try await runs.run("b", ComparedRuns.sums.dropLast(), right: ["rsd": ["p2"]])
        try await runs.run("c", right: ["rsd": ["p3"]])
        for name in ["b", "c"] {
            let kept = runs.directory(name).problems
            try FileManager.default.removeItem(at: runs.dataFile(name))
            if isTampered {
                let text = try String(contentsOf: kept, encoding: .utf8)
                try text.replacing("1+1?", with: "1+2?").write(to: kept, atomically: true, encoding: .utf8)
            } else {
                // A run of an earlier version.
                try FileManager.default.removeItem(at: kept)
            }
        }
        let comparison = try runs.compare("a", "b", "c")
        #expect(try comparison.row("b/rsd").paired == nil)
        #expect((comparison.overlaps[0].shared, comparison.overlaps[0].unknown) == (0, 11))
        #expect(comparison.warnings.contains { $0.contains("not known") })
        // By their identities, a and c have the same data set.
        #expect(try comparison.row("c/rsd").paired?.problems == 6)
        #expect((comparison.overlaps[1].shared, comparison.overlaps[1].unknown) == (6, 0))
    }

    @Test("the results and the summary of an early version are read, with no more keys than they had")
    func earlyVersion() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["target_only": ["p1"]])
        try await runs.run("b", right: ["rsd": ["p1", "p2"]])
        let before = try runs.compare("a", "b")
        let directory = runs.directory("b")
        func object(_ data: Data, keeping keys: [String]) throws -> [String: Any] {
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            return object.filter { keys.contains($0.key) }
        }
        let lines = try Data(contentsOf: directory.results).split(separator: 10).map { line in
            let keys = [
                "id", "method", "dataset", "problem", "sample", "text", "finish", "steps", "answer", "gold", "correct",
                "tokens", "waves",
            ]
            return try JSONSerialization.data(withJSONObject: try object(line, keeping: keys))
        }
        try (Data(lines.joined(separator: [10])) + [10]).write(to: directory.results)
        var summary = try object(Data(contentsOf: directory.summary), keeping: ["job", "grader", "parameters", "rows"])
        summary["rows"] = try #require(summary["rows"] as? [[String: Any]]).map { row in
            let keys = [
                "method", "dataset", "accuracy", "correct", "total", "target_step_share", "acceptance_rate",
                "flops_paper", "flops_spent",
            ]
            return row.filter { keys.contains($0.key) }
        }
        summary["run"] = ["waves": 1, "swaps": 2, "cold_starts": 3, "seconds": ["loading": ["draft": 2.0]]]
        try JSONSerialization.data(withJSONObject: summary).write(to: directory.summary)
        for gone in [directory.problems, runs.dataFile("b")] { try FileManager.default.removeItem(at: gone) }
        let after = try runs.compare("a", "b")
        #expect(after.rows == before.rows)
        #expect(after.runs[1].seconds == 2 && after.runs[1].finished == 12)
    }

    @Test("what differs is said in one line each, without what follows from other lines")
    func differences() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", changes: [("rsd: { threshold: 0.7 }", "rsd: { threshold: [0.6, 0.7] }")])
        try await runs.run(
            "b", ComparedRuns.sums.dropLast(),
            changes: [("rsd: {", "rsd: { name: rsd-0.7, "), ("prompt: \"{question}", "prompt: \"Q: {question}")])
        try await runs.run("c", changes: [("- target_only", "- draft_only"), ("concurrency: 8", "concurrency: 4")])
        let comparison = try runs.compare("a", "b", "c")
        let words = comparison.differenceWords
        #expect(
            words.dropLast() == [
                "datasets.heldout.count: 6 in a and c; 5 in b",
                #"prompt: "{question}\n\n" in a and c; "Q: {question}\n\n" in b"#,
                "methods: rsd-0.6 in a; rsd-0.7 and target_only in a and b; rsd and draft_only in c",
                "engine.concurrency: 8 in a and b; 4 in c",
            ])
        // The questions differ, so where they are from may explain it.
        #expect(words.last?.hasPrefix("datasets.heldout.path: ") == true)
        #expect(comparison.differences.count > words.count)
    }

    @Test("an unfinished run is compared as far as it is, and says so")
    func unfinished() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a", right: ["target_only": ["p1"]])
        try await runs.run("b")
        let directory = runs.directory("b")
        let lines = try Data(contentsOf: directory.journal).split(separator: 10)
        // Without the target's answers to the last problems.
        try Data(lines.dropLast(4).joined(separator: [10]) + [10]).write(to: directory.journal)
        for file in [directory.results, directory.summary, directory.problems] {
            try FileManager.default.removeItem(at: file)
        }
        let comparison = try runs.compare("a", "b")
        let run = comparison.runs[1]
        #expect(run.finished < run.total && run.total == 12)
        #expect(run.notes.first?.contains("are finished") == true)
        #expect(try #require(try comparison.row("b/target_only").paired).problems < 6)
        #expect(comparison.overlaps[0].shared == 6)
        // As `report`: without its data set there is nothing to read.
        try FileManager.default.removeItem(at: runs.dataFile("b"))
        #expect(throws: RunIncomplete.self) { try runs.compare("a", "b") }
    }

    @Test("a shard, and a run merged from shards, are runs as others are")
    func shards() async throws {
        let runs = try ComparedRuns()
        try await runs.run("whole", right: ["rsd": ["p1"]])
        for shard in Shard.all(2) { try await runs.run("parts", shard: shard, right: ["rsd": ["p1"]]) }
        let shard = ShardedRun(runs.directory("parts")).directory(of: Shard.all(2)[0])
        let part = try Comparison(
            [runs.directory("whole"), shard].map { try ComparedRun(path: $0.url.path) }, against: nil)
        #expect((part.overlaps[0].shared, part.overlaps[0].onlyThere.count) == (3, 3))
        // As `report`.
        #expect(throws: NoRun.self) { try runs.compare("whole", "parts") }
        _ = try await Job.merge(runs.directory("parts"), interruption: Interruption()) { _, _, _ in }
        let merged = try runs.compare("whole", "parts")
        #expect(merged.overlaps[0].shared == 6)
    }

    @Test("a damaged run is refused as by report")
    func damaged() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        #expect(throws: NoRun.self) { try runs.compare("a", "nothing") }
        let directory = runs.directory("a")
        let results = try String(contentsOf: directory.results, encoding: .utf8)
        try results.replacing("two", with: "three").write(to: directory.results, atomically: true, encoding: .utf8)
        #expect(throws: DamagedRun.self) { try runs.compare("a") }
        // Where the journal cannot be replayed, the number of lines is all that can be checked.
        try FileManager.default.removeItem(at: runs.dataFile("a"))
        try results.split(separator: "\n").dropLast().joined(separator: "\n").write(
            to: directory.results, atomically: true, encoding: .utf8)
        #expect(throws: DamagedRun.self) { try runs.compare("a") }
    }
}
