package struct GradingSpec: Sendable, Equatable {
    package var grader: GraderKind
}

package enum GraderKind: Sendable, Equatable {
    /// ``ExactGrader``.
    case exact
    /// Hugging Face's math-verify.
    ///
    /// - Parameters:
    ///   - python: a Python with math-verify, or its virtual environment; nil for the one with vLLM.
    ///   - timeout: seconds per answer.
    case mathVerify(python: String?, timeout: Double)
    /// The user's own program.
    case command(GraderCommand)

    package static let standardTimeout = 10.0
}

/// The command of a grader program.
package struct GraderCommand: Sendable, Equatable {
    /// The program and its arguments.
    package var words: [String]
    /// Its working directory.
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
