/// An error that may end the program: it says itself what a user reads and what the program exits with.
package protocol ProgramError: Error, CustomStringConvertible {
    var explanation: Explanation { get }
}

extension ProgramError {
    package var description: String { explanation.description }
}

/// What an error says, and what becomes of the program.
package struct Explanation: Sendable, CustomStringConvertible {
    /// A stable name such as `run-locked`, which errors of no other type have.
    package var code: String
    package var exit: ExitCategory
    /// What happened and where, without a full stop.
    package var summary: String
    /// What to do about it, in whole sentences; nil where the summary says all that is known.
    package var remedy: String?
    /// What is wrong with files that the user wrote, to be shown first.
    package var diagnostics: [Diagnostic]

    package init(
        _ code: String, _ exit: ExitCategory, _ summary: String, remedy: String?, diagnostics: [Diagnostic] = []
    ) {
        (self.code, self.exit, self.summary, self.remedy) = (code, exit, summary, remedy)
        self.diagnostics = diagnostics
    }

    /// The summary and the remedy; below a summary of several lines it has lines of its own.
    package var message: String {
        [summary, remedy].compactMap(\.self).joined(separator: summary.contains("\n") ? "\n" : ". ")
    }

    /// The message, with the code behind its first line.
    package var labelled: String {
        let first = message.prefix { $0 != "\n" }
        return "\(first) [\(code)]\(message.dropFirst(first.count))"
    }

    package var description: String { (diagnostics.map(\.rendered) + [message]).joined(separator: "\n") }
}
