import Graders
import JobSpecs
import RunStore
import Runner
import Support

extension JobRun<RunOutcome> {
    /// A run whose answers are graded when all are there.
    ///
    /// - Parameter graderID: what the grader calls itself.
    init(
        job: LoadedJob, directory: RunDirectory, makeProvider: @escaping @Sendable () throws -> any EngineProvider,
        grader: any Grader, graderID: String, interruption: Interruption, deadline: Deadline? = nil,
        waits: Bool = false,
        retryFailed: Bool, observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.init(
            job: job, directory: directory, makeProvider: makeProvider, interruption: interruption, deadline: deadline,
            waits: waits, retryFailed: retryFailed, observe: observe
        ) { finished in
            let writer = ResultsWriter(
                job: finished.job, directory: directory, models: finished.job.models.mapValues(\.size),
                records: finished.records)
            let trajectories = finished.trajectories
            // It is done at once, also where the run was to stop a moment ago.
            if grader is ExactGrader { return try await writer.write(trajectories, with: grader, id: graderID) }
            observe(.grading(answers: trajectories.finishedCount, grader: graderID))
            return try await interruption.cancelOnInterrupt {
                try await writer.write(trajectories, with: grader, id: graderID)
            }
        }
    }
}
