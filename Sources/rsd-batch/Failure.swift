import ArgumentParser
import Foundation
import Graders
import JobSpecs
import ModelLifecycle
import RSDJobs
import RunStore
import Runner
import Support

/// The one place where an error becomes a message and an exit code.
enum Failure {
    static func exit(_ error: any Error, console: Console) -> Never {
        if error is OutputClosed { Foundation.exit(ProgramExit.done.rawValue) }
        if let ended = error as? ExitRequest { Foundation.exit(ended.code.rawValue) }
        if RSDBatch.exitCode(for: error) == .success {
            // Help, the version, a completion script.
            try? console.out(RSDBatch.fullMessage(for: error))
            Foundation.exit(ProgramExit.done.rawValue)
        }
        if let error = error as? Interrupted {
            let reason = error.reason.map { ": \($0)" } ?? ""
            console.message("rsd-batch: interrupted\(reason); nothing is lost: run the same command again to go on\n")
            Foundation.exit(ProgramExit.interrupted.rawValue)
        }
        let code = code(for: error)
        for diagnostic in (error as? UnusableAnswers)?.diagnostics ?? [] { console.message(diagnostic.rendered + "\n") }
        if let errors = error as? SpecErrors ?? (error as? RunIncomplete)?.errors {
            for diagnostic in errors.diagnostics { console.message(diagnostic.rendered + "\n") }
        }
        console.error(code == .usage ? usage(error) : message(for: error))
        Foundation.exit(code.rawValue)
    }

    static func code(for error: any Error) -> ProgramExit {
        switch error {
        case let error as SpecErrors where error.isAboutStorage: .disk
        case let error as LedgerError: error.isObstructed ? .directoryTaken : .disk
        case is SpecErrors, is RunIncomplete, is NoRun, is NoTrajectory, is GraderUnavailable, is UnusableRun,
            is TooManyShards, is UnusableAnswers, is NoShards, is SlurmMissing, is SlurmRefusal, is NoSubmission:
            .badJob
        case is EngineUseless, is EngineError, is EngineUnkillable, is ResidencyError,
            is ResidencyImpossible:
            .engine
        case is RunLocked, is RunLockLost, is SpecChanged, is DamagedRun, is JournalCorrupt, is NewerRun,
            is ForeignEvent,
            is ShardsMixed,
            is ShardChanged,
            is ShardsUnfit, is StillQueued, is UndividedRun:
            .directoryTaken
        case is JournalWriteFailure, is FileFailure, is StorageFailure, is OutputFailure: .disk
        case let error as CocoaError where error.isAboutWriting: .disk
        case let error as POSIXError where error.isAboutStorage: .disk
        default: RSDBatch.exitCode(for: error) == .validationFailure ? .usage : .unexpected
        }
    }

    static func message(for error: any Error) -> String {
        switch error {
        case let error as SpecErrors: "\(error.file) is not a job that can be run"
        case let error as RunIncomplete: error.advice
        case let error as CocoaError:
            [error.filePath, error.localizedDescription].compactMap(\.self).joined(separator: ": ")
        default: "\(error)"
        }
    }

    /// What the argument parser says, under our own prefix.
    private static func usage(_ error: any Error) -> String {
        let text = RSDBatch.fullMessage(for: error)
        return text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text
    }
}

extension CocoaError {
    /// Foundation keeps its codes for writing between these.
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

/// The command has said all there is to say and ends with this code.
struct ExitRequest: Error {
    var code: ProgramExit
}
