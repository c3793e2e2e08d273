/// Identifies a problem within a job.
package struct ProblemName: Sendable, Hashable {
    package var dataset: String
    package var problem: String

    package init(dataset: String, problem: String) {
        self.dataset = dataset
        self.problem = problem
    }
}
