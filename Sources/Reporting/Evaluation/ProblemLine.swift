import Datasets
import Foundation
import JobSpecs
import RunStore
import Support

/// One line of `problems.jsonl`: what was asked, and the data set's answer.
package struct ProblemLine: Sendable, Equatable, Codable {
    package var dataset: String
    package var problem: String
    package var question: String
    package var gold: String

    package init(_ problem: Problem) {
        (dataset, self.problem, question, gold) = (problem.dataset, problem.id, problem.question, problem.answer)
    }

    /// The problems of a job, or of its shard, as file content: in the order of the data sets.
    package static func encode(_ job: LoadedJob) throws -> Data {
        try JSONText.lines(job.problems.values.joined().map(ProblemLine.init))
    }

    /// The problems of a run; nil if there is no file, as in runs of earlier versions, or if it is damaged or of another job.
    package static func all(in directory: RunDirectory, of manifest: Manifest) -> [ProblemLine]? {
        guard let data = try? RunFile.contents(of: directory.problems) else { return nil }
        let texts = data.lines
        let lines = texts.parallelMap { try? JSONText.decode(ProblemLine.self, from: $0) }.compactMap(\.self)
        guard lines.count == texts.count else { return nil }
        // A shard has only a part of the problems that its identity, that of the whole job, covers.
        guard manifest.shard == nil else { return lines }
        let byDataset = Dictionary(grouping: lines, by: \.dataset).mapValues { $0.map(\.asProblem) }
        let isWhole = manifest.identity.datasets.allSatisfy { manifest.identity.asks(byDataset[$0] ?? [], of: $0) }
        return isWhole ? lines : nil
    }

    private var asProblem: Problem { Problem(dataset: dataset, id: problem, question: question, answer: gold) }
}
