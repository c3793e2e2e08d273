import Support

/// The directory holds no run.
package struct NoRun: ProgramError, Equatable {
    package var directory: String

    package init(directory: String) {
        self.directory = directory
    }
    package var explanation: Explanation {
        Explanation(
            "no-run", .badJob, "\(directory) is not a run directory: it has no manifest.json",
            remedy: "`rsd-batch run JOB.yaml` creates one under runs/.")
    }
}
