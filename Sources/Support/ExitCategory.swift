/// What the program's exit code means; ``meaning`` is the documentation, and `--help` shows it.
package enum ExitCategory: Int32, Sendable, CaseIterable {
    case done = 0
    case unexpected = 1
    case badJob = 2
    case someFailed = 3
    case engine = 4
    case directoryTaken = 5
    case disk = 6
    case usage = 64
    case interrupted = 75

    package var meaning: String {
        switch self {
        case .done: "done"
        case .unexpected: "an unexpected error"
        case .badJob: "the job, its data, or a name that was given is not right"
        case .someFailed: "done, but some trajectories failed or could not be graded"
        case .engine: "an engine could not be started or kept up"
        case .directoryTaken: "the run directory is in use, damaged, not complete, or belongs to another job"
        case .disk: "the disk is full or not writable"
        case .usage: "the command line is not right"
        case .interrupted: "interrupted: run the same command again to go on"
        }
    }

    package static var help: String {
        allCases.map { code in
            let number = String(code.rawValue)
            return String(repeating: " ", count: 4 - number.count) + "\(number)  \(code.meaning)"
        }.joined(separator: "\n")
    }
}
