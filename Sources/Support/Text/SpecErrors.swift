/// All errors in a job, found in one pass.
package struct SpecErrors: ProgramError, Equatable {
    /// The path of the spec, as the user would type it.
    package var file: String
    /// Errors and warnings: first those of the spec by position, then those of each data set by line.
    package var diagnostics: [Diagnostic]
    /// Whether the job itself is valid, and the disk is full or not writable.
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
