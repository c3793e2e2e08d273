/// Identifies a trajectory in the journal and in the results.
package struct TrajectoryID: Sendable, Hashable, Codable, CustomStringConvertible {
    package var method: String
    package var dataset: String
    package var problem: String
    /// Number of the sample of a problem, from 0.
    package var sample: Int

    package init(method: String, dataset: String, problem: String, sample: Int = 0) {
        self.method = method
        self.dataset = dataset
        self.problem = problem
        self.sample = sample
    }

    package var description: String { "\(method)/\(dataset)/\(problem)/\(sample)" }
}
