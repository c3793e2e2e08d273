@testable import Datasets
@testable import JobSpecs
import OrderedCollections
@testable import RunStore
import Testing

@Suite("Shards") struct ShardTests {
    @Test("an index and a count are a shard", arguments: [("1/1", 1, 1), ("2/4", 2, 4), ("16/16", 16, 16)])
    func reads(text: String, index: Int, count: Int) throws {
        let shard = try #require(Shard(text))
        #expect((shard.index, shard.count) == (index, count))
        #expect(shard.description == text)
        #expect(Shard(directoryName: shard.directoryName) == shard)
    }

    @Test(
        "other text is no shard",
        arguments: ["", "0/4", "5/4", "1/0", "-1/4", "1", "1/4/", " 1/4", "1/99999999999999999999"])
    func refuses(text: String) {
        #expect(Shard(text) == nil)
    }

    @Test(
        "directories with other names are no shard's",
        arguments: ["shard-01-of-4", "shard-5-of-4", "shard-1-of-4.old", "logs"])
    func noDirectory(name: String) {
        #expect(Shard(directoryName: name) == nil)
    }

    @Test("every problem is in one shard, and shards differ by one problem, of each data set and in all")
    func balance() {
        let all = Self.problems(["gsm8k": 103, "aime": 30, "math": 57])
        for count in [1, 2, 3, 7, 16] {
            let parts = Shard.all(count).map { $0.problems(of: all) }
            for (name, problems) in all {
                let ids = parts.map { $0[name]?.map(\.id) ?? [] }
                #expect(ids.joined().sorted() == problems.map(\.id).sorted())
                #expect((ids.map(\.count).max() ?? 0) - (ids.map(\.count).min() ?? 0) <= 1)
                #expect(ids.allSatisfy { part in part == problems.map(\.id).filter(part.contains) }, "another order")
            }
            let sizes = parts.map { $0.values.reduce(0) { $0 + $1.count } }
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
    }

    @Test("no order of the data changes what is in a shard")
    func order() {
        let all = Self.problems(["b": 20, "a": 11])
        var turned: OrderedDictionary<String, [Problem]> = [:]
        for (name, problems) in all.reversed() { turned[name] = problems.reversed() }
        for shard in Shard.all(3) {
            let (one, other) = (shard.problems(of: all), shard.problems(of: turned))
            for name in all.keys {
                #expect(Set(one[name]?.map(\.id) ?? []) == Set(other[name]?.map(\.id) ?? []))
            }
        }
    }

    /// Shards of two versions of the program must fit together.
    @Test("the rule never changes")
    func golden() {
        let part = Shard(index: 2, count: 3)?.problems(of: Self.problems(["a": 7, "b": 4]))
        #expect(part?["a"]?.map(\.id) == ["0", "5"])
        #expect(part?["b"]?.map(\.id) == ["1", "2"])
    }

    private static func problems(_ counts: KeyValuePairs<String, Int>) -> OrderedDictionary<String, [Problem]> {
        var all: OrderedDictionary<String, [Problem]> = [:]
        for (name, count) in counts {
            all[name] = (0..<count).map { Problem(dataset: name, id: "\($0)", question: "?", answer: "1") }
        }
        return all
    }
}

@Suite("A shard of a job") struct ShardedJobTests {
    @Test("a shard of a job is the same job with fewer problems, chosen after the data set's own selection")
    func part() throws {
        let fixture = try SpecFixture()
        let job = SpecFixture.job.replacing("path: problems.jsonl", with: "path: problems.jsonl, start: 1, limit: 2")
        try fixture.write(job, to: "job.yaml")
        let whole = try fixture.load()
        let parts = try Shard.all(2).map(whole.part)
        #expect(parts.map { $0.problems["heldout"]?.count } == [1, 1])
        #expect(Set(parts.flatMap { $0.problems["heldout"]?.map(\.id) ?? [] }) == ["1", "2"])
        #expect(parts.allSatisfy { SpecIdentity($0) == SpecIdentity(whole) })
        #expect(parts.map { TrajectorySet($0).count } == [2, 2])
    }

    @Test("more shards than problems are refused")
    func tooMany() throws {
        let whole = try SpecFixture().load()
        let shard = try #require(Shard("1/4"))
        let refusal = #expect(throws: TooManyShards.self) { try whole.part(shard) }
        #expect(refusal == TooManyShards(shards: 4, problems: 3))
    }
}
