import Foundation

/// The file format of a data set.
package enum DatasetFormat: String, Sendable, CaseIterable {
    /// JSON Lines: one object per line.
    case jsonl
    /// A list of objects, or an object that contains one such list.
    case json
    /// Comma-separated values (RFC 4180) with a header row.
    case csv
    /// The same with tabs. A quote that does not enclose its whole field is data.
    case tsv
    /// Apache Parquet, which is converted to JSON Lines.
    case parquet

    /// The format by the end of a file's name; nil if it is not a known one.
    package init?(fileName: String) {
        switch NSString(string: fileName).pathExtension.lowercased() {
        case "jsonl", "ndjson": self = .jsonl
        case "json": self = .json
        case "csv": self = .csv
        case "tsv": self = .tsv
        case "parquet": self = .parquet
        default: return nil
        }
    }

    /// Whether numbers and number-like text are written the same.
    var numbersAreText: Bool { self == .csv || self == .tsv }

    func scanner(_ bytes: UnsafeBufferPointer<UInt8>) -> any RecordScanner {
        switch self {
        case .jsonl, .parquet: JSONLinesScanner(bytes)
        case .json: JSONScanner(bytes)
        case .csv: CSVScanner(bytes, separator: UInt8(ascii: ","))
        case .tsv: CSVScanner(bytes, separator: UInt8(ascii: "\t"))
        }
    }
}
