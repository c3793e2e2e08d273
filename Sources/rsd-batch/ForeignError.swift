import ArgumentParser
import Foundation
import Support

/// An error from outside the program: the argument parser's, Foundation's, or one that no layer converted.
struct ForeignError: ProgramError {
    var error: any Error

    var explanation: Explanation {
        let (exit, summary): (ExitCategory, String) =
            switch error {
            case let error as CocoaError:
                (
                    error.isAboutWriting ? .disk : .unexpected,
                    [error.filePath, error.localizedDescription].compactMap(\.self).joined(separator: ": ")
                )
            case let error as POSIXError: (error.isAboutStorage ? .disk : .unexpected, "\(error)")
            case _ where RSDBatch.exitCode(for: error) == .validationFailure: (.usage, usage)
            default: (.unexpected, "\(error)")
            }
        return Explanation("\(exit)", exit, summary, remedy: nil)
    }

    private var usage: String {
        let typed = CommandLine.arguments.dropFirst().first
        let command = RSDBatch.configuration.subcommands.first { $0._commandName == typed } ?? RSDBatch.self
        let text = RSDBatch.fullMessage(for: error, columns: Console().helpWidth(of: STDERR_FILENO))
            .suggestingOption(of: command)
        return text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text
    }
}

extension CocoaError {
    /// Whether the code is in Foundation's range of write errors.
    fileprivate var isAboutWriting: Bool {
        (CocoaError.fileWriteUnknown.rawValue...CocoaError.fileWriteVolumeReadOnly.rawValue).contains(
            code.rawValue) || (underlying as? POSIXError)?.isAboutStorage == true
    }
}

extension POSIXError {
    fileprivate var isAboutStorage: Bool {
        [.ENOSPC, .EDQUOT, .EROFS, .EIO, .EACCES, .EPERM, .ENAMETOOLONG, .EFBIG, .ENOTDIR, .EISDIR, .ELOOP, .ESTALE]
            .contains(code)
    }
}
