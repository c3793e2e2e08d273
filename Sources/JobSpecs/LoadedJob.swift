import Checkpoints
import Datasets
import Decoding
import Foundation
import OrderedCollections
import Support

/// A valid job: all its files were found and checked.
package struct LoadedJob: Sendable {
    package var spec: JobSpec
    /// The problems to solve, by data set in the spec's order.
    package var problems: OrderedDictionary<String, [Problem]>
    /// All problems that the spec selects, in whichever shard; part of the job's identity.
    package internal(set) var allProblems: OrderedDictionary<String, [Problem]>
    /// The files that the problems were read from, by data set.
    package let origins: [String: DatasetOrigin]
    /// The shard to work on; nil for all problems.
    package internal(set) var shard: Shard?
    /// The checkpoints of the models that the methods need.
    package var models: [Role: ModelFiles]
    package var warnings: [Diagnostic]
    /// The spec file.
    package var file: URL
    /// Why the flags in `args` were not checked against the engine; nil if they were, or there are none.
    package internal(set) var uncheckedFlags: String?
    /// The thresholds that its methods took from other runs.
    package internal(set) var thresholds: [CalibratedThreshold] = []
    package internal(set) var rules = DecodingRules.current
    /// Whether the spec sets no token limit.
    var hasStandardLimit = false
    /// Whether thoughts were recognised rather than stated in the spec.
    var recognisesThinking = false

    /// One per sample of a problem by a method.
    package var trajectoryCount: Int { problems.values.reduce(0) { $0 + $1.count } * spec.trajectoriesPerProblem }
}
