/// An event in the journal that this job cannot have made.
package struct ForeignEvent: Error, CustomStringConvertible {
    /// Of the journal, counted from 1.
    package var line: Int
    package var reason: String

    package var description: String {
        "journal/events.jsonl:\(line) does not belong to this job: \(reason). The directory was changed by hand, or was made "
            + "by another version of the program; name another one with --run-dir."
    }
}
