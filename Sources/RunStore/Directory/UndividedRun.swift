/// The directory holds a run that is not divided into shards.
package struct UndividedRun: Error, Equatable, CustomStringConvertible {
    package var directory: String

    package init(directory: String) {
        self.directory = directory
    }
    package var description: String {
        "\(directory) holds a run that is not divided into shards, and the two must not mix. Leave --shard out to go on with it, or "
            + "name another directory with --run-dir."
    }
}
