/// There is no run in this directory.
package struct NoRun: Error, Equatable, CustomStringConvertible {
    package var directory: String

    package init(directory: String) {
        self.directory = directory
    }
    package var description: String {
        "\(directory) is not a run directory: it has no manifest.json. `rsd-batch run JOB.yaml` makes one under runs/."
    }
}
