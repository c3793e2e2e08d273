import Decoding
import Foundation
import RunStore
import Support

/// The figures of one method on one data set that runs are compared by, of a ``Summary`` of any version.
package struct MethodFigures: Sendable, Equatable {
    package var method: String
    package var dataset: String
    /// Number of answers, and of right ones.
    package var total: Int
    package var correct: Int
    package var accuracy: Double?
    /// Ends of its 95 % interval.
    package var low: Double?
    package var high: Double?
    package var targetStepShare: Double?
    package var acceptanceRate: Double?
    /// Of all answers together.
    package var flopsPaper: Double?
    package var flopsSpent: Double?
    package var failed: Int

    package init(_ row: Summary.Row) {
        (method, dataset, total, correct) = (row.method, row.dataset, row.total, row.correct)
        (accuracy, low, high) = (row.accuracy, row.accuracyLow, row.accuracyHigh)
        (targetStepShare, acceptanceRate) = (row.targetStepShare, row.acceptanceRate)
        (flopsPaper, flopsSpent) = (row.flopsPaper, row.flopsSpent)
        failed = row.finishes[Finish.failed.rawValue] ?? 0
    }

    package func perAnswer(_ flops: Double?) -> Double? { total > 0 ? flops.map { $0 / Double(total) } : nil }
}

extension MethodFigures: Decodable {
    private enum CodingKeys: String, CodingKey {
        case method, dataset, total, correct, accuracy, finishes
        case low = "accuracy_low"
        case high = "accuracy_high"
        case targetStepShare = "target_step_share"
        case acceptanceRate = "acceptance_rate"
        case flopsPaper = "flops_paper"
        case flopsSpent = "flops_spent"
    }

    package init(from decoder: any Decoder) throws {
        let row = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Double? { try row.decodeIfPresent(Double.self, forKey: key) }
        method = try row.decode(String.self, forKey: .method)
        dataset = try row.decode(String.self, forKey: .dataset)
        total = try row.decode(Counted.self, forKey: .total).wrappedValue
        correct = try row.decode(Counted.self, forKey: .correct).wrappedValue
        accuracy = try number(.accuracy)
        // Early versions wrote no interval.
        let interval = Proportion(correct, of: total).interval
        low = try number(.low) ?? interval?.lowerBound
        high = try number(.high) ?? interval?.upperBound
        (targetStepShare, acceptanceRate) = (try number(.targetStepShare), try number(.acceptanceRate))
        (flopsPaper, flopsSpent) = (try number(.flopsPaper), try number(.flopsSpent))
        let finishes = try row.decodeIfPresent([String: Int].self, forKey: .finishes)
        failed = finishes?[Finish.failed.rawValue] ?? 0
    }
}

/// What is read of a `summary.json` of any version.
package struct WrittenFigures: Sendable, Decodable {
    package var grader: String
    package var rows: [MethodFigures]
    package var run: RunFigures
    /// See ``Summary``.
    package var trajectories: Int?
    package var identity: String?

    /// nil if it is missing or damaged.
    package init?(_ directory: RunDirectory) {
        guard let data = try? RunFile.contents(of: directory.summary),
            let written = try? JSONDecoder().decode(Self.self, from: data)
        else { return nil }
        self = written
    }

    package var answers: Int { rows.reduce(0) { $0 + $1.total } }
    package var failed: Int { rows.reduce(0) { $0 + $1.failed } }

    /// Number of trajectories of the run; nil for a shard of an earlier version.
    package func total(for manifest: Manifest) -> Int? {
        trajectories ?? (manifest.shard == nil ? manifest.identity.trajectoriesOfEarlierVersion : nil)
    }

    /// Whether it covers the run as its manifest describes it, to the end.
    package func isComplete(for manifest: Manifest) -> Bool {
        // A summary of an earlier version does not say its job, and may be of one before.
        let isOfJob = identity.map { $0 == manifest.identity.hash } ?? (manifest.history == nil)
        return isOfJob && total(for: manifest) == answers
    }
}

extension RunFigures {
    /// Seconds of the whole run: starts and wake-ups of engines, and their work.
    package var wholeSeconds: Double {
        [seconds.loading, seconds.waking, seconds.working].reduce(0) { sum, times in
            RunFigures.inOrder(times).reduce(sum) { $0 + $1.value }
        }
    }
}
