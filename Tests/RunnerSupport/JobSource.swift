import Foundation

/// What a test's job is made of.
package protocol JobSource: Hashable, Sendable {
    /// The spec.
    ///
    /// - Parameter scratch: the test's directory, which holds the data set as `problems.jsonl`.
    func yaml(scratch: URL) -> String
    /// The lines of the data set.
    func records() throws -> String
    /// The same job with nothing in its way: its results are what every other run must come to.
    var untouched: Self { get }
    /// A runner that hangs fails its test and must not hang all of them: it is killed after this.
    static var limit: Duration { get }
}

/// What untouched runs of jobs write, each made once for all tests that compare with it.
actor References {
    static let shared = References()
    private var made: [AnyHashable: Task<Data, any Error>] = [:]

    func results<Source: JobSource>(of setup: Source) async throws -> Data {
        let setup = setup.untouched
        if let task = made[setup] { return try await task.value }
        let task = Task {
            let job = try RunnerJob(setup)
            let run = try await job.run()
            guard run.code == 0 else { throw ProgramFailed(run.messages) }
            return try job.results()
        }
        made[setup] = task
        return try await task.value
    }
}

/// A program that a test only builds on did not do its part.
package struct ProgramFailed: Error, CustomStringConvertible {
    package var description: String

    package init(_ description: String) { self.description = description }
}
