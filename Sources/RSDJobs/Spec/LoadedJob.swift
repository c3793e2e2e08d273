import Foundation
import OrderedCollections

/// A job that is fit to run: everything it names was found and checked.
public struct LoadedJob: Sendable {
    public var spec: JobSpec
    /// Each data set's problems that are to be worked on, by its name in the spec's order.
    public var problems: OrderedDictionary<String, [Problem]>
    /// All that the spec selects, whichever shard they are in: what the job is known by.
    public let allProblems: OrderedDictionary<String, [Problem]>
    /// The part of the problems that are to be worked on; nil for all.
    public internal(set) var shard: Shard?
    /// What is known of the files of each model that a method needs.
    public var models: [Role: ModelFiles]
    public var warnings: [Diagnostic]
    /// The spec file.
    public var file: URL
    public internal(set) var rules = DecodingRules.current
    /// Whether the spec says nothing of how many tokens a response may have.
    var hasStandardLimit = false

    /// One for each method, problem and seed.
    public var trajectoryCount: Int {
        problems.values.reduce(0) { $0 + $1.count } * spec.methods.count * spec.seeds.count
    }
}
