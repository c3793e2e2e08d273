import Support

/// A run does not tell which threshold meets a goal.
package struct CalibrationFault: ProgramError, Equatable {
    /// The run directory, as the user gave it.
    package var run: String
    /// Why, without the run.
    package var reason: String
    package var remedy: String?

    package init(run: String, reason: String, remedy: String? = nil) {
        (self.run, self.reason, self.remedy) = (run, reason, remedy)
    }

    package var explanation: Explanation {
        Explanation("not-calibrated", .badJob, "\(run): \(reason)", remedy: remedy)
    }
}
