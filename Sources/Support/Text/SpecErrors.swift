/// Everything that is wrong with a job, found in one go.
package struct SpecErrors: ProgramError, Equatable {
    /// The spec, as the user would type its path.
    package var file: String
    /// Errors and warnings: those of the spec by position, then those of each data set by line.
    package var diagnostics: [Diagnostic]
    /// Whether nothing is wrong with the job, and the disk is full or cannot be written.
    package var isAboutStorage = false

    package init(file: String, diagnostics: [Diagnostic]) {
        self.file = file
        self.diagnostics = diagnostics
    }

    package var explanation: Explanation {
        func total(_ severity: Diagnostic.Severity) -> Int {
            diagnostics.reduce(0) { $0 + ($1.severity == severity ? $1.count : 0) }
        }
        var counts = [counted(total(.error), "error")]
        if total(.warning) > 0 { counts.append(counted(total(.warning), "warning")) }
        return Explanation(
            "job-invalid", isAboutStorage ? .disk : .badJob, "\(counts.joined(separator: " and ")) in \(file)",
            remedy: nil, diagnostics: diagnostics)
    }
}
