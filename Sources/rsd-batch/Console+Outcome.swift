import Decoding
import JobSpecs
import RSDJobs
import Support
import Terminal

extension Console {
    /// Prints the warnings about a valid job.
    func showWarnings(of job: LoadedJob) {
        for warning in job.warnings { message("\(warning.rendered)\n") }
    }

    /// Prints that flags were not checked, where the job may run elsewhere.
    func showUncheckedFlags(of job: LoadedJob) {
        if let reason = job.uncheckedFlags { message("rsd-batch: \(JobOverview.unchecked(reason))\n") }
    }

    /// Reports that grading begins; nothing else is printed for a while.
    func grading(_ grader: String, finished: Int, of total: Int) {
        let rest = finished < total ? " of \(NumberFormat.grouped(total))" : ""
        let noun = total == 1 ? "answer" : "answers"
        message("rsd-batch: grading \(NumberFormat.grouped(finished))\(rest) \(noun) with \(grader)\n")
    }

    /// Prints the result of a run: its table, or `summary.json`.
    func report(_ outcome: RunOutcome, in path: String, example: TrajectoryID?, _ output: OutputOptions) throws {
        do {
            if output.json { return try outJSON(outcome.summary) }
            try table(RunFooter(outcome.summary, directory: path, example: example), output)
        } catch is OutputClosed {
            // The run is done whether or not its table is read.
        }
    }

    /// Prints the final table of a run, and what is below it.
    func table(_ footer: RunFooter, _ output: OutputOptions) throws {
        let width = outWidth
        try out(
            SummaryTable(footer.summary).lines(width: width) + [Line()] + footer.lines(width: width),
            colour: output.colour)
    }

    /// Lists the answers without a verdict, and ends the program with their exit code if retrying may help.
    func endRun(_ outcome: RunOutcome, in path: String) throws {
        let told = 5
        for answer in outcome.unjudged.prefix(told) {
            message("rsd-batch: \(answer.id) was not graded (\(answer.verdict.rawValue)): \(answer.reason)\n")
        }
        if outcome.unjudged.count > told {
            message("rsd-batch: and \(outcome.unjudged.count - told) more; see their verdicts in results.jsonl\n")
        }
        let errors = outcome.unjudged.contains { $0.verdict == .error }
        if errors { message("rsd-batch: nothing generated is lost: regrade with rsd-batch grade \(path.shellWord)\n") }
        if errors || outcome.failed > 0 { throw ExitRequest(category: .someFailed) }
    }
}
