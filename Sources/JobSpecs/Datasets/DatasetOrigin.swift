/// The files that a data set was read from, for the manifest.
package struct DatasetOrigin: Sendable, Equatable, Codable {
    package struct File: Sendable, Equatable, Codable {
        package var name: String
        package var sha256: String
    }

    /// In the order in which they were read.
    package var files: [File]
    /// SHA-256 of the JSON Lines that a conversion made of them.
    package var converted: String?
}

extension DatasetOrigin {
    /// The checksum of the only file.
    var sha256: String? { files.count == 1 ? files[0].sha256 : nil }
}
