import Foundation
import Testing

@testable import JobSpecs
@testable import rsd_batch

@Suite("Limit on a job's problems") struct JobLimitTests {
    @Test("each data set keeps its first problems, and a lower limit of its own")
    func limits() throws {
        let fixture = try SpecFixture()
        try fixture.writeJob([
            (
                "  - { name: heldout, path: problems.jsonl }",
                """
                  - { name: one, path: problems.jsonl, limit: 1 }
                  - { name: late, path: problems.jsonl, start: 1, id: uid }
                  - { name: all, path: problems.jsonl }
                """
            )
        ])
        let job = try fixture.load().limited(to: 2)
        #expect(job.spec.datasets.map(\.limit) == [1, 2, 2])
        #expect(job.problems.mapValues { $0.map(\.id) } == ["one": ["0"], "late": ["b", "c"], "all": ["0", "1"]])
        #expect(job.allProblems == job.problems)
    }

    @Test("a limited run has a directory of its own unless it is given one")
    func directory() throws {
        #expect(try JobOptions.parse(["job.yaml"]).runDirectory(of: "demo") == "runs/demo")
        #expect(try JobOptions.parse(["job.yaml", "--limit", "5"]).runDirectory(of: "demo") == "runs/demo-limit-5")
    }

    @Test("the identity is that of the spec with these limits")
    func identity() throws {
        let fixture = try SpecFixture()
        let limited = try fixture.load().limited(to: 2)
        let written = try fixture.load(["datasets.0.limit=2"])
        #expect(SpecIdentity(limited) == SpecIdentity(written))
        #expect(limited.spec == written.spec)
    }
}
