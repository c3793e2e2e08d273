import Datasets

/// The files that a data set was read from, for the manifest.
package struct DatasetOrigin: Sendable, Equatable, Codable {
    package typealias File = DatasetCache.Record.File

    /// In the order in which they were read.
    package var files: [File]
    /// Of a data set of the hub.
    package var commit: String?
    /// Of a data set of the hub, or of a folder like one.
    package var config: String?
    package var split: String?
    /// SHA-256 of the JSON Lines that a conversion made of them.
    package var converted: String?
}
