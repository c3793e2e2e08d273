import ArgumentParser
import Foundation
import RSDJobs
import RunStore
import Support

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel a submitted run.",
        discussion:
            "Running shards journal what has arrived and stop their engines. Resume with rsd-batch submit.")

    @Argument(help: ArgumentHelp("The directory above the shards.", valueName: "run"), completion: .directory)
    var directory: String

    func run() async throws {
        let console = Console()
        guard let submission = try Submission.read(in: RunDirectory(URL(filePath: directory))) else {
            throw NoSubmission(directory: directory)
        }
        try await Slurm().cancel(submission)
        console.message(
            "rsd-batch: cancelled \(submission.jobs.joined(separator: " and "))\(submission.place); nothing that was done is lost\n"
        )
    }
}

/// Nothing was submitted for this directory.
struct NoSubmission: ProgramError {
    var directory: String
    var explanation: Explanation {
        Explanation(
            "no-submission", .badJob,
            "\(directory) has no submission.json: it was not submitted with `rsd-batch submit`", remedy: nil)
    }
}
