import Foundation
import Support

/// A process to start, and where its output goes.
package struct SpawnRequest: Sendable {
    /// Absolute path.
    package var executable: String
    package var arguments: [String]
    /// The whole environment of the child.
    package var environment: [String: String]
    package var workingDirectory: String?
    /// Standard output and standard error are appended to this file.
    package var outputPath: String
    /// The source of its standard input, and the destination of its standard output if it is elsewhere.
    package var talk = Talk.none

    package enum Talk: Sendable {
        case none
        /// Standard input is read from one file, and standard output is written to another.
        case files(input: String, output: String)
        /// Standard input and output are this end of a socket pair.
        case socket(Int32)
    }

    package init(
        executable: String, arguments: [String] = [], environment: [String: String],
        workingDirectory: String? = nil, outputPath: String, talk: Talk = .none
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.outputPath = outputPath
        self.talk = talk
    }

    /// Checks the program and the working directory, since Foundation reports a bad directory as a missing executable.
    package func check() throws(SpawnError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: executable, isDirectory: &isDirectory) else {
            throw .executableMissing(executable)
        }
        guard !isDirectory.boolValue, FileManager.default.isExecutableFile(atPath: executable) else {
            throw .notExecutable(executable)
        }
        if let workingDirectory {
            guard FileManager.default.fileExists(atPath: workingDirectory, isDirectory: &isDirectory),
                isDirectory.boolValue
            else { throw .noSuchDirectory(workingDirectory) }
        }
    }
}

/// Why a process could not be started.
package enum SpawnError: ProgramError, Hashable {
    case executableMissing(String)
    case notExecutable(String)
    case noSuchDirectory(String)
    case failed(String, reason: String)
    case tooManyOpenFiles(Int)

    package var explanation: Explanation {
        let (summary, remedy): (String, String?) =
            switch self {
            case .executableMissing(let path): ("there is no program at \(path)", "Install it or correct the path.")
            case .notExecutable(let path): ("\(path) is not an executable file", "Correct the path or chmod +x it.")
            case .noSuchDirectory(let path):
                ("the working directory \(path) does not exist", "Create it or correct the path.")
            case .failed(let path, let reason): ("\(path) could not be started: \(reason)", nil)
            case .tooManyOpenFiles(let count):
                (
                    "this program has \(count) files open, too many to start a process safely",
                    "Lower the number of requests in flight."
                )
            }
        return Explanation("spawn", .engine, summary, remedy: remedy)
    }
}
