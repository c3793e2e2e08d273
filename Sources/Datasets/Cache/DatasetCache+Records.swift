import Foundation
import Support

extension DatasetCache {
    /// What the cache holds for a source that has no checksum of its own: an address without one, a conversion.
    package struct Record: Sendable, Equatable, Codable {
        /// A file in the cache.
        package struct File: Sendable, Equatable, Codable {
            /// Its name at the source.
            package var name: String
            package var sha256: String

            package init(name: String, sha256: String) {
                self.name = name
                self.sha256 = sha256
            }
        }

        /// The source, in words that identify it.
        package var source: String
        package var files: [File]
        /// Of a data set of the hub.
        package var commit: String?
        package var config: String?
        package var split: String?
        /// Columns that a conversion left out.
        package var leftOut: [String]?

        package init(
            source: String, files: [File], commit: String? = nil, config: String? = nil, split: String? = nil,
            leftOut: [String]? = nil
        ) {
            self.source = source
            self.files = files
            self.commit = commit
            self.config = config
            self.split = split
            self.leftOut = leftOut
        }

        private enum CodingKeys: String, CodingKey {
            case source, files, commit, config, split
            case leftOut = "left_out"
        }
    }

    /// The record of a source; nil if there is none, or it is damaged.
    package func record(of source: String) -> Record? {
        guard let data = FileManager.default.contents(atPath: place(of: source).path),
            let record = try? JSONDecoder().decode(Record.self, from: data), record.source == source
        else { return nil }
        return record
    }

    /// The record of a source whose files are all in the cache and complete.
    package func completeRecord(of source: String) -> Record? {
        record(of: source).flatMap { record in record.files.allSatisfy { holds($0.sha256) } ? record : nil }
    }

    /// - Throws: ``FileFailure``.
    package func keep(_ record: Record) throws {
        let file = place(of: record.source)
        try Folder.make(file.deletingLastPathComponent().path)
        try write(try JSONText.pretty(record), to: file)
    }

    private func place(of source: String) -> URL {
        directory.appending(path: "sources/\(SHA256.hex(source)).json")
    }
}
