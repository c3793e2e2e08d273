import Support

/// An event in the journal that cannot belong to this job.
package struct ForeignEvent: ProgramError {
    /// Line of the journal, from 1.
    package var line: Int
    package var reason: String

    package var explanation: Explanation {
        Explanation(
            "foreign-event", .directoryTaken,
            "journal/events.jsonl:\(line) does not belong to this job: \(reason). The directory was edited by hand, or written by "
                + "another version of the program", remedy: "Name another directory with --run-dir.")
    }
}
