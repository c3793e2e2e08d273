/// A data set that a spec may give by name alone: a file of the evaluation that RSD was measured with.
///
/// The files are those of one commit of github.com/BaohaoLiao/RSD, so that a name always means the same bytes.
package struct KnownDataset: Sendable {
    package let name: String
    /// In ``folder``.
    package let file: String
    package let reader: String
    package let bytes: Int
    package let records: Int
    package let sha256: String

    private static let folder =
        "https://raw.githubusercontent.com/BaohaoLiao/RSD/933d8e579f9c3387c04dd9c8fa3c7fd42a30c97e/"
        + "external/qwen25_math_evaluation/data"

    /// - Parameters:
    ///   - file: `NAME/test.jsonl` by default.
    ///   - reader: the one with the same name by default.
    init(_ name: String, file: String? = nil, reader: String? = nil, bytes: Int, records: Int, sha256: String) {
        self.name = name
        self.file = file ?? "\(name)/test.jsonl"
        self.reader = reader ?? name
        self.bytes = bytes
        self.records = records
        self.sha256 = sha256
    }

    package static func named(_ name: String) -> KnownDataset? { all.first { $0.name == name } }

    package var address: String { "\(Self.folder)/\(file)" }
}
