import Support

/// A run needs a file that its directory does not hold and that is gone or has changed.
package struct RunIncomplete: ProgramError {
    /// The errors in the run's own spec.
    package var errors: SpecErrors

    package var explanation: Explanation {
        Explanation(
            "run-incomplete", .badJob, errors.explanation.summary,
            remedy:
                "The run needs the files that its spec names: restore them, or correct their paths in \(errors.file).",
            diagnostics: errors.diagnostics)
    }
}

extension RunIncomplete {
    package init(_ directory: RunDirectory, _ message: String) {
        let file = directory.job.path
        errors = SpecErrors(file: file, diagnostics: [Diagnostic(file: file, message: message)])
    }
}
