import Support

/// A run cannot be looked at without something that its directory has no copy of and that is gone, or is another by now.
package struct RunIncomplete: Error, CustomStringConvertible {
    /// What is wrong with the run's own spec.
    package var errors: SpecErrors

    /// What to do about it.
    package var advice: String {
        "the run needs what its spec names: put back what is missing, or correct its place in \(errors.file)"
    }

    package var description: String { "\(errors.description)\n\(advice)" }
}

extension RunIncomplete {
    package init(_ directory: RunDirectory, _ message: String) {
        let file = directory.job.path
        errors = SpecErrors(file: file, diagnostics: [Diagnostic(file: file, message: message)])
    }
}
