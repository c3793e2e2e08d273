import Foundation
import Testing

@testable import Reporting
@testable import RunStore
@testable import Support

@Suite("The method that others are compared with") struct ReferenceTests {
    @Test("a method is named with its run, by itself if only one run has it, or by the run's directory")
    func names() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try await runs.run("b", changes: [("  - target_only\n", "  - draft_only\n")])
        #expect(try runs.compare("a", "b").reference == "a/target_only")
        // Without one in which the target works alone.
        #expect(try runs.compare("b", "a").reference == "b/rsd")
        #expect(try runs.compare("a", "b", against: "draft_only").reference == "b/draft_only")
        #expect(try runs.compare("a", "b", against: "b/rsd").reference == "b/rsd")
        let path = runs.directory("b").url.path
        #expect(try runs.compare("a", "b", against: "\(path)/rsd").reference == "b/rsd")
    }

    @Test("a name that means several methods, or none, is refused with the names to choose from")
    func refusals() async throws {
        let runs = try ComparedRuns()
        try await runs.run("a")
        try await runs.run("b")
        let ambiguous = #expect(throws: UnknownReference.self) { try runs.compare("a", "b", against: "rsd") }
        #expect(ambiguous?.known == ["a/rsd", "b/rsd"])
        let mistyped = #expect(throws: UnknownReference.self) { try runs.compare("a", "b", against: "target-only") }
        #expect(mistyped?.explanation.summary.contains("did you mean 'target_only'") == true)
        let whole = #expect(throws: UnknownReference.self) { try runs.compare("a", "b", against: "b/rds") }
        #expect(whole?.explanation.summary.contains("did you mean 'b/rsd'") == true)
        let far = #expect(throws: UnknownReference.self) { try runs.compare("a", against: "zzzzzzzzzzzz") }
        #expect(far?.explanation.remedy?.contains("a/target_only") == true)
    }

    @Test(
        "runs of one job are told apart by their directories",
        arguments: [
            ([("j", "/x/a"), ("k", "/x/b")], ["j", "k"]), ([("j", "/x/a"), ("j", "/x/b")], ["a", "b"]),
            ([("j", "/x/run"), ("j", "/y/run")], ["x/run", "y/run"]),
            ([("j", "/x/a"), ("j", "/x/b"), ("a", "/x/c")], ["x/a", "x/b", "a"]),
            ([("j", "/a"), ("j", "/b"), ("a", "/c")], ["/a", "/b", "/c"]),
        ])
    func labels(runs: [(job: String, path: String)], expected: [String]) {
        #expect(RunLabels.labels(of: runs.map { ($0.job, URL(filePath: $0.path)) }) == expected)
    }
}
