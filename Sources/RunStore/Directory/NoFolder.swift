import Support

/// There is no folder to look for runs in.
package struct NoFolder: ProgramError, Equatable {
    package var path: String

    package init(path: String) {
        self.path = path
    }

    package var explanation: Explanation {
        Explanation(
            "no-folder", .badJob, "there is no folder \(path)",
            remedy: "Name the folder that your runs are in; `rsd-batch run JOB.yaml` puts them into runs/.")
    }
}
