/// An error that may end the program. It provides its own message and exit code.
package protocol ProgramError: Error, CustomStringConvertible {
    var explanation: Explanation { get }
}

extension ProgramError {
    package var description: String { explanation.description }
}

/// The message of an error and the program's exit code.
package struct Explanation: Sendable, CustomStringConvertible {
    /// A stable name such as `run-locked`, unique to this type of error.
    package var code: String
    package var exit: ExitCategory
    /// What happened, and where; without a full stop.
    package var summary: String
    /// What to do about it, in whole sentences; nil if nothing is known that helps.
    package var remedy: String?
    /// Faults in files that the user wrote, shown first.
    package var diagnostics: [Diagnostic]

    package init(
        _ code: String, _ exit: ExitCategory, _ summary: String, remedy: String?, diagnostics: [Diagnostic] = []
    ) {
        (self.code, self.exit, self.summary, self.remedy) = (code, exit, summary, remedy)
        self.diagnostics = diagnostics
    }

    /// Summary and remedy; after a summary of several lines, the remedy is on a line of its own.
    package var message: String {
        [summary, remedy].compactMap(\.self).joined(separator: summary.contains("\n") ? "\n" : ". ")
    }

    /// The message with the code at the end of its first line.
    package var labelled: String {
        let first = message.prefix { $0 != "\n" }
        return "\(first) [\(code)]\(message.dropFirst(first.count))"
    }

    package var description: String { (diagnostics.map(\.rendered) + [message]).joined(separator: "\n") }
}
