package struct GradingSpec: Sendable, Equatable {
    package var grader: GraderKind
}

package enum GraderKind: Sendable, Equatable {
    /// ``ExactGrader``.
    case exact
    /// Hugging Face's math-verify.
    ///
    /// - Parameters:
    ///   - python: a Python that has it, or its virtual environment; nil for the one with vLLM.
    ///   - timeout: seconds for one answer.
    case mathVerify(python: String?, timeout: Double)
    /// A program of the user's own.
    case command(GraderCommand)

    package static let standardTimeout = 10.0
}

/// How a program is run that grades.
package struct GraderCommand: Sendable, Equatable {
    /// The program and its arguments.
    package var words: [String]
    /// Where it runs.
    package var directory: String
    /// Seconds for all answers together.
    package var timeout: Double

    package static let standardTimeout = 3600.0

    package init(words: [String], directory: String, timeout: Double = standardTimeout) {
        self.words = words
        self.directory = directory
        self.timeout = timeout
    }
}
