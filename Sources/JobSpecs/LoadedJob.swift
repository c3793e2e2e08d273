import Checkpoints
import Datasets
import Decoding
import Foundation
import OrderedCollections
import Support

/// A job that is fit to run: everything it names was found and checked.
package struct LoadedJob: Sendable {
    package var spec: JobSpec
    /// Each data set's problems that are to be worked on, by its name in the spec's order.
    package var problems: OrderedDictionary<String, [Problem]>
    /// All that the spec selects, whichever shard they are in: what the job is known by.
    package let allProblems: OrderedDictionary<String, [Problem]>
    /// The part of the problems that are to be worked on; nil for all.
    package internal(set) var shard: Shard?
    /// What is known of the files of each model that a method needs.
    package var models: [Role: ModelFiles]
    package var warnings: [Diagnostic]
    /// The spec file.
    package var file: URL
    package internal(set) var rules = DecodingRules.current
    /// Whether the spec says nothing of how many tokens a response may have.
    var hasStandardLimit = false

    /// One for each method, problem and seed.
    package var trajectoryCount: Int {
        problems.values.reduce(0) { $0 + $1.count } * spec.methods.count * spec.seeds.count
    }
}
