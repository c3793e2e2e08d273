import ArgumentParser
import Foundation
import Support
import Terminal

/// The one place where an error becomes a message and an exit code.
enum Failure {
    static func exit(_ error: any Error, console: Console) -> Never {
        Foundation.exit(report(error, console: console).rawValue)
    }

    /// What an error says in one line; nil if it has been reported, or is none.
    static func summary(of error: any Error) -> String? {
        guard !(error is OutputClosed), !(error is ExitRequest) else { return nil }
        return (error as? any ProgramError ?? ForeignError(error: error)).explanation.message
    }

    /// Prints an error.
    ///
    /// - Returns: the exit code that it stands for.
    static func report(_ error: any Error, console: Console) -> ExitCategory {
        if error is OutputClosed { return .done }
        if let ended = error as? ExitRequest { return ended.category }
        if RSDBatch.exitCode(for: error) == .success {
            // Help, the version, a completion script.
            let width = console.helpWidth(of: STDOUT_FILENO)
            try? console.out(HelpText.fitted(RSDBatch.fullMessage(for: error, columns: width), to: width))
            return .done
        }
        let error = (error as? any ProgramError ?? ForeignError(error: error)).explanation
        for diagnostic in error.diagnostics { console.message(diagnostic.rendered + "\n") }
        if error.exit == .interrupted {
            console.message("rsd-batch: \(error.message)\n")
        } else {
            console.error(error.labelled)
        }
        return error.exit
    }
}

/// Ends the program with this exit code; the command has already printed everything.
struct ExitRequest: Error {
    var category: ExitCategory
}
