import RunStore
import Support

/// Methods of several runs side by side, each tested against one of them: the output of `compare`.
package struct Comparison: Sendable, Equatable {
    /// The method that the others are tested against, as `run/method`.
    package var reference: String
    package var runs: [Run]
    /// One per run, method and data set: by data set, then in the order of the runs.
    package var rows: [Row]
    /// Which problems each run shares with the run of the reference.
    package var overlaps: [Overlap]
    /// What differs between the runs' jobs and their circumstances.
    package var differences: [Difference]

    package struct Run: Sendable, Equatable, Encodable {
        /// Its name in the comparison: the job's, or, where runs have the same, the directory's.
        package var label: String
        package var job: String
        package var directory: String
        package var finished: Int
        package var total: Int
        package var created: String
        /// Of the whole run: starts of engines and their work.
        package var seconds: Double
        /// Of the whole run; nil if it was not measured.
        @Nulled package var joules: Double?
        /// Whole sentences.
        package var notes: [String]
    }

    package struct Row: Sendable, Equatable, Encodable {
        package var run: String
        package var method: String
        package var dataset: String
        package var isReference: Bool
        /// Number of answers; of right ones, and of those that failed, which count as wrong.
        package var answers: Int
        package var correct: Int
        package var failed: Int
        @Nulled package var accuracy: Double?
        /// Ends of its 95 % interval.
        @Nulled package var accuracyLow: Double?
        @Nulled package var accuracyHigh: Double?
        @Nulled package var targetStepShare: Double?
        @Nulled package var acceptanceRate: Double?
        /// Per answer.
        @Nulled package var flopsPaper: Double?
        @Nulled package var flopsSpent: Double?
        /// The same relative to the reference on the same data set; nil if it has no such row.
        @Nulled package var relativePaper: Double?
        @Nulled package var relativeSpent: Double?
        /// nil for the reference, and if the two share no problem that both answered.
        @Nulled package var paired: PairedTest?

        package var name: String { "\(run)/\(method)" }

        private enum CodingKeys: String, CodingKey {
            case run, method, dataset, answers, correct, failed, accuracy, paired
            case isReference = "is_reference"
            case accuracyLow = "accuracy_low"
            case accuracyHigh = "accuracy_high"
            case targetStepShare = "target_step_share"
            case acceptanceRate = "acceptance_rate"
            case flopsPaper = "flops_paper_per_answer"
            case flopsSpent = "flops_spent_per_answer"
            case relativePaper = "flops_paper_relative"
            case relativeSpent = "flops_spent_relative"
        }
    }

    package struct Overlap: Sendable, Equatable, Encodable {
        package var run: String
        /// The run of the reference.
        package var with: String
        /// The problems that they share, by their names in both.
        package var pairs: [Pair]
        /// Problems that only one of the two has.
        package var onlyHere: [String]
        package var onlyThere: [String]
        /// Problems of both runs of which it cannot be known whether they are shared.
        package var unknown: Int
        /// Problems that the other run has under the same name, with another question.
        package var otherQuestion: [String]
        /// Problems whose question the other run has, with another answer in the data set.
        package var otherGold: [String]
        /// Shared problems by the names of their data sets in the two runs, where these differ.
        package var renamed: [Renamed]

        package var shared: Int { pairs.count }

        package struct Pair: Sendable, Equatable, Encodable {
            package var here: String
            package var there: String
        }

        package struct Renamed: Sendable, Equatable, Encodable {
            package var here: String
            package var there: String
            package var problems: Int
        }

        private enum CodingKeys: String, CodingKey {
            case run, with, pairs, unknown, renamed
            case onlyHere = "only_here"
            case onlyThere = "only_there"
            case otherQuestion = "other_question"
            case otherGold = "other_gold"
        }
    }

    /// A setting that is not the same in all runs.
    package struct Difference: Sendable, Equatable, Encodable {
        package var key: String
        /// By run, in their order; nil where a run has no such setting.
        package var values: [Value]

        package struct Value: Sendable, Equatable, Encodable {
            package var run: String
            @Nulled package var value: String?

            init(run: String, value: String?) {
                self.run = run
                self.value = value
            }
        }
    }
}

/// Encodes the warnings too.
extension Comparison: Encodable {
    private enum CodingKeys: String, CodingKey { case reference, runs, rows, overlaps, differences, warnings }

    package func encode(to encoder: any Encoder) throws {
        var object = encoder.container(keyedBy: CodingKeys.self)
        try object.encode(reference, forKey: .reference)
        try object.encode(runs, forKey: .runs)
        try object.encode(rows, forKey: .rows)
        try object.encode(overlaps, forKey: .overlaps)
        try object.encode(differences, forKey: .differences)
        try object.encode(warnings, forKey: .warnings)
    }
}
