import Foundation
import Graders
import JobSpecs
import RunStore
import Runner
import Support

extension JobRun<RunOutcome> {
    /// A run whose answers are graded once all are finished.
    ///
    /// - Parameter graderID: the grader's name and version.
    init(
        job: LoadedJob, directory: RunDirectory, makeProvider: @escaping @Sendable () throws -> any EngineProvider,
        grader: any Grader, graderID: String, interruption: Interruption, deadline: Deadline? = nil,
        waits: Bool = false, willWait: @escaping @Sendable () async throws -> Void = {},
        retryFailed: Bool, reuse: [URL] = [], observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.init(
            job: job, directory: directory, makeProvider: makeProvider, interruption: interruption, deadline: deadline,
            waits: waits, willWait: willWait, retryFailed: retryFailed, reuse: reuse, observe: observe
        ) { finished in
            let writer = ResultsWriter(
                job: finished.job, manifest: finished.manifest, directory: directory,
                models: finished.job.models.mapValues(\.size), records: finished.records)
            let trajectories = finished.trajectories
            // Without a process it takes no time, so it runs even if the run was just asked to stop.
            guard grader.startsProcesses else {
                return try await writer.write(trajectories, with: grader, id: graderID)
            }
            observe(.grading(answers: trajectories.finishedCount, grader: graderID))
            return try await interruption.cancelOnInterrupt {
                try await writer.write(trajectories, with: grader, id: graderID)
            }
        }
    }
}
