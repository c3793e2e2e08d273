import Foundation

/// How the records of a data set are written down.
package enum DatasetFormat: String, Sendable, CaseIterable {
    /// JSON Lines: an object on each line.
    case jsonl
    /// A list of objects, or an object with one such list in it.
    case json
    /// Comma-separated values (RFC 4180) under a line with the fields' names.
    case csv
    /// The same with tabs. A quote that does not go round its whole field is data there.
    case tsv

    /// What the end of a file's name says; nil where it says nothing of the kind.
    init?(fileName: String) {
        switch NSString(string: fileName).pathExtension.lowercased() {
        case "jsonl", "ndjson": self = .jsonl
        case "json": self = .json
        case "csv": self = .csv
        case "tsv": self = .tsv
        default: return nil
        }
    }

    /// Whether a number is written like text that looks like one.
    var numbersAreText: Bool { self == .csv || self == .tsv }

    func scanner(_ bytes: UnsafeBufferPointer<UInt8>) -> any RecordScanner {
        switch self {
        case .jsonl: JSONLinesScanner(bytes)
        case .json: JSONScanner(bytes)
        case .csv: CSVScanner(bytes, separator: UInt8(ascii: ","))
        case .tsv: CSVScanner(bytes, separator: UInt8(ascii: "\t"))
        }
    }
}
