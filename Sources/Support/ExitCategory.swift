/// The exit code of the program. ``meaning`` documents it and is shown by `--help`.
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
        case .badJob: "an error in the job spec, its data, or the request"
        case .someFailed: "done, but some trajectories failed or could not be graded"
        case .engine: "an engine could not be started or kept running"
        case .directoryTaken: "the run directory is in use, belongs to another job, or is damaged or incomplete"
        case .disk: "the disk is full or not writable"
        case .usage: "a usage error on the command line"
        case .interrupted: "interrupted: run the same command again to resume"
        }
    }

    package static var help: String {
        allCases.map { code in
            let number = String(code.rawValue)
            return String(repeating: " ", count: 4 - number.count) + "\(number)  \(code.meaning)"
        }.joined(separator: "\n")
    }
}
