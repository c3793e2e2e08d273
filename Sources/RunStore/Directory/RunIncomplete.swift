import Support

/// A run cannot be looked at without something that its directory has no copy of and that is gone, or is another by now.
package struct RunIncomplete: ProgramError {
    /// What is wrong with the run's own spec.
    package var errors: SpecErrors

    package var explanation: Explanation {
        Explanation(
            "run-incomplete", .badJob, errors.explanation.summary,
            remedy:
                "The run needs what its spec names: put back what is missing, or correct its place in \(errors.file).",
            diagnostics: errors.diagnostics)
    }
}

extension RunIncomplete {
    package init(_ directory: RunDirectory, _ message: String) {
        let file = directory.job.path
        errors = SpecErrors(file: file, diagnostics: [Diagnostic(file: file, message: message)])
    }
}
