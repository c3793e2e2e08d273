import Decoding
import JobSpecs
import RSDJobs
import Support
import Terminal

extension Console {
    /// What is not as it may be meant in a job that can be run.
    func showWarnings(of job: LoadedJob) {
        for warning in job.warnings { message("\(warning.rendered)\n") }
    }

    /// That a grader begins, of which nothing is to be seen for a while.
    func grading(_ grader: String, finished: Int, of total: Int) {
        let rest = finished < total ? " of \(NumberFormat.grouped(total))" : ""
        message("rsd-batch: grading \(NumberFormat.grouped(finished))\(rest) answers with \(grader)\n")
    }

    /// What a run came to: its table, or `summary.json`.
    func report(_ outcome: RunOutcome, in path: String, example: TrajectoryID?, _ output: OutputOptions) throws {
        do {
            if output.json { return try outJSON(outcome.summary) }
            let width = outWidth
            let footer = RunFooter(outcome.summary, directory: path, example: example)
            try out(
                SummaryTable(outcome.summary).lines(width: width) + [Line()] + footer.lines(width: width),
                colour: output.colour)
        } catch is OutputClosed {
            // The run is done whether or not anybody reads its table.
        }
    }

    /// Names the answers without a verdict, and ends the program where something is to be tried again.
    func endRun(_ outcome: RunOutcome, in path: String) throws {
        let told = 5
        for answer in outcome.unjudged.prefix(told) {
            message("rsd-batch: \(answer.id) was not graded (\(answer.verdict.rawValue)): \(answer.reason)\n")
        }
        if outcome.unjudged.count > told {
            message("rsd-batch: and \(outcome.unjudged.count - told) more; results.jsonl has them by their verdict\n")
        }
        let errors = outcome.unjudged.contains { $0.verdict == .error }
        if errors { message("rsd-batch: nothing generated is lost: rsd-batch grade \(path.shellWord) grades again\n") }
        if errors || outcome.failed > 0 { throw ExitRequest(category: .someFailed) }
    }
}
