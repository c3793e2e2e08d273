import Support

/// An event in the journal that this job cannot have made.
package struct ForeignEvent: ProgramError {
    /// Of the journal, counted from 1.
    package var line: Int
    package var reason: String

    package var explanation: Explanation {
        Explanation(
            "foreign-event", .directoryTaken,
            "journal/events.jsonl:\(line) does not belong to this job: \(reason). The directory was changed by hand, or was "
                + "made by another version of the program", remedy: "Name another one with --run-dir.")
    }
}
