import Foundation
import Support

/// A file of a run directory is missing, damaged, or belongs to another run.
package struct DamagedRun: ProgramError, Equatable {
    package var file: String
    /// The fault: the rest of a sentence that begins with the file.
    package var fault: String
    /// What to do, in whole sentences.
    package var remedy: String

    package var explanation: Explanation {
        Explanation("run-damaged", .directoryTaken, "\(file) \(fault). Nothing was changed", remedy: remedy)
    }

    package init(_ file: URL, _ fault: String, _ remedy: String) {
        self.file = file.path
        self.fault = fault
        self.remedy = remedy
    }
}
