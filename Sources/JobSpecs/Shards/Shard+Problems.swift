import Datasets
import OrderedCollections
import Support

extension Shard {
    /// The problems in this shard, in their given order.
    ///
    /// Each data set's problems are ranked by a hash of their ids and dealt to the shards in turn, one data set after
    /// the other by name. The shards do not depend on the order of the data, and two shards differ by at most one
    /// problem, per data set and in total.
    package func problems(of all: OrderedDictionary<String, [Problem]>) -> OrderedDictionary<String, [Problem]> {
        var chosen: OrderedDictionary<String, [Problem]> = [:]
        for name in all.keys { chosen[name] = [] }
        var turn = 0
        for (name, problems) in all.sorted(by: { $0.key < $1.key }) {
            let ranked = problems.map { (hash: Self.hash($0), problem: $0) }.sorted { $0.hash < $1.hash }
            var mine: Set<String> = []
            for (_, problem) in ranked {
                if turn % count == index - 1 { mine.insert(problem.id) }
                turn += 1
            }
            chosen[name] = problems.filter { mine.contains($0.id) }
        }
        return chosen
    }

    private static func hash(_ problem: Problem) -> String {
        var hash = SHA256()
        hash.update(field: problem.dataset)
        hash.update(field: problem.id)
        return hash.hex()
    }
}

extension LoadedJob {
    /// The part of the job in one shard; the job's identity stays the same.
    ///
    /// - Throws: ``TooManyShards``.
    package func part(_ shard: Shard) throws(TooManyShards) -> LoadedJob {
        let count = allProblems.values.reduce(0) { $0 + $1.count }
        guard shard.count <= count else { throw TooManyShards(shards: shard.count, problems: count) }
        var part = self
        part.shard = shard
        part.problems = shard.problems(of: allProblems)
        return part
    }
}

/// Some shards would be empty.
package struct TooManyShards: ProgramError, Equatable {
    package var shards: Int
    package var problems: Int

    package var explanation: Explanation {
        Explanation(
            "too-many-shards", .badJob,
            "the job has \(counted(problems, "problem")), so some of \(counted(shards, "shard")) would be empty",
            remedy: "Use at most \(counted(problems, "shard")).")
    }
}
