import Foundation
import Testing

/// Specs that are small on the disk and would be enormous in memory, or take for ever.
@Suite("Bounds of a spec")
struct SpecBoundsTests {
    private static func fault(_ job: String) throws -> String {
        let fixture = try SpecFixture()
        try fixture.write(job, to: "job.yaml")
        return fixture.fault()
    }

    /// The first message, without the source line.
    private static func first(_ job: String) throws -> String {
        String(try fault(job).prefix { $0 != "\n" })
    }

    @Test("a chain of aliases is as deep as what it stands for")
    func aliasChain() throws {
        let chain = (1...60_000).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
        #expect(try Self.first("a0: &a0 x\n" + chain) == "job.yaml:64:12: error: nested too deeply")
    }

    @Test("aliases of aliases may not stand for millions of values")
    func laughs() throws {
        let nine = (1...9).map { level in
            "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]\n"
        }
        let says = try Self.first("a0: &a0 ha\n" + nine.joined())
        #expect(says.hasSuffix("error: the spec has more than 100000 values, with aliases expanded"))
        #expect(says.hasPrefix("job.yaml:7:"))
    }

    @Test("deep nesting is refused in each of the ways to write it", arguments: ["[", "{a: ", "- ", "? "])
    func nesting(piece: String) throws {
        let says = try Self.first("name: x\nseed:\n  " + String(repeating: piece, count: 100_000))
        #expect(says.hasSuffix("error: nested too deeply"), "\(says)")
    }

    @Test("an alias to what it stands in, and merge keys, are refused")
    func selves() throws {
        #expect(try Self.first("name: &a [*a]") == "job.yaml:1:11: error: the alias '*a' has no anchor '&a' above it")
        #expect(try Self.first("b: &b { k: 1 }\nname: { <<: *b }").contains("merge keys ('<<') are not supported"))
    }

    @Test("a long list is refused, and a long key is shown in short")
    func large() throws {
        let many = String(repeating: "1,", count: 100_001)
        #expect(try Self.first("seed: [\(many)]").hasSuffix("more than 100000 values, with aliases expanded"))
        let key = String(repeating: "k", count: 1_000_000)
        #expect(
            try Self.fault(SpecFixture.job + "\(key.prefix(900)): 1\n").contains(
                "error: the key is too long: 900 characters"))
        #expect(try Self.fault(SpecFixture.job + "\(key): 1\n").count < 1000)
        #expect(try Self.fault(SpecFixture.job + "extra: \(key)\n").count < 1000)
        #expect(try Self.fault(SpecFixture.job.replacing("name: demo", with: "name: \(key)")).count < 1000)
        #expect(try Self.fault(SpecFixture.job.replacing("kind: pocket", with: "kind: \(key)")).count < 1000)
    }

    @Test("of a great many errors only the first are shown")
    func manyFaults() throws {
        let keys = (0..<5000).map { "key\($0): 1\n" }.joined()
        let says = try Self.fault(SpecFixture.job + keys)
        #expect(says.split(separator: "\n").count < 400)
        #expect(says.hasSuffix("job.yaml: error: and 4950 more\n5000 errors in job.yaml"))
    }

    @Test("lists that multiply are counted before they are multiplied out")
    func sweep() throws {
        let numbers = (0..<1000).map { "0.\(1000 + $0)" }.joined(separator: ", ")
        let job = SpecFixture.job.replacing(
            "{ rsd: { threshold: 0.7 } }",
            with: "{ rsd: { weighting: logistic, threshold: [\(numbers)], alpha: [\(numbers)] } }")
        #expect(
            try Self.fault(job).contains(
                "error: the lists of 'rsd' make 1000000 methods, but a job can have at most 1000"))
        let one = SpecFixture.job.replacing("0.7 }", with: "[\(numbers), 0.1] }")
        #expect(try Self.fault(one).contains("make 1001 methods"))
        let entries = (0..<1001).map { "  - { rsd: { name: m\($0) } }\n" }.joined()
        let listed = SpecFixture.job.replacing("  - { rsd: { threshold: 0.7 } }\n", with: entries)
        #expect(try Self.fault(listed).contains("error: 1002 methods, but a job can have at most 1000"))
    }

    @Test("problems, seeds, methods and samples multiply to what a run can hold")
    func trajectories() throws {
        let seeds = (0..<20_000).map(String.init).joined(separator: ", ")
        let numbers = (0..<100).map { "0.\(1000 + $0)" }.joined(separator: ", ")
        let many = SpecFixture.job.replacing("seed: 7", with: "seed: [\(seeds)]").replacing(
            "0.7 }", with: "[\(numbers)] }")
        let says = try Self.fault(many)
        #expect(
            says.contains(
                "error: 3 problems and 101 methods, with 20000 samples, make 6060000 solutions; the limit for a run is 4000000"
            ),
            "\(says.suffix(500))")
        let samples = SpecFixture.job.replacing("seed: 7", with: "seed: [\(seeds)]").replacing(
            "{ rsd: { threshold: 0.7 } }", with: "{ majority: { n: 100 } }")
        #expect(try Self.fault(samples).contains("make 6060000 solutions"))
        let sets = (0..<100).map { "  - { name: d\($0), path: problems.jsonl }\n" }.joined()
        let same = SpecFixture.job.replacing("  - { name: heldout, path: problems.jsonl }\n", with: sets)
        #expect(try Self.fault(same) == "loaded")
    }
}
