/// A data set of a job.
package struct DatasetSpec: Sendable, Equatable {
    package var name: String
    /// An absolute path of a file or a folder, the address (`http://`, `https://`) of a file that is downloaded once, or
    /// a ``HubDatasetName`` without revision.
    package var path: String
    /// Of a data set of the hub, or of a folder like one: nil for the default.
    package var config: String?
    package var split: String?
    /// A branch, tag or commit; nil for `main`.
    package var revision: String?
    /// The file's SHA-256 in lower-case hexadecimal.
    package var sha256: String?
    /// Number of records in the whole file, if it has to be just that.
    package var records: Int?
    /// nil to infer it from the end of the path.
    package var format: DatasetFormat?
    /// Name of a known record format.
    package var reader: String?
    /// Fields of each record; nil for the reader's own.
    package var question: String?
    package var answer: String?
    package var choices: ChoiceFields?
    /// Field with the problem's id; nil numbers the problems from 0 in file order.
    package var id: String?
    /// Fields that are kept as a problem's ``Problem/meta``; nil for all short ones that are not used otherwise.
    package var meta: [String]?
    /// Seed for shuffling the records, before `start` and `limit` apply.
    package var shuffle: UInt64?
    /// Number of records to skip.
    package var start = 0
    /// Limit on the number of problems.
    package var limit: Int?

    package init(
        name: String, path: String, config: String? = nil, split: String? = nil, revision: String? = nil,
        sha256: String? = nil, records: Int? = nil, format: DatasetFormat? = nil,
        reader: String? = nil, question: String? = nil, answer: String? = nil, choices: ChoiceFields? = nil,
        id: String? = nil, meta: [String]? = nil, shuffle: UInt64? = nil, start: Int = 0, limit: Int? = nil
    ) {
        self.name = name
        self.path = path
        self.config = config
        self.split = split
        self.revision = revision
        self.sha256 = sha256
        self.records = records
        self.format = format
        self.reader = reader
        self.question = question
        self.answer = answer
        self.choices = choices
        self.id = id
        self.meta = meta
        self.shuffle = shuffle
        self.start = start
        self.limit = limit
    }

    /// Whether the file is downloaded from an address.
    package var isRemote: Bool { Self.isAddress(path) }

    /// The data set of the hub.
    package var hub: HubDatasetName? { HubDatasetName(path) }

    package static func isAddress(_ path: String) -> Bool { path.hasPrefix("http://") || path.hasPrefix("https://") }

    /// The file's name, without the query and fragment of an address.
    private var fileName: String { String(isRemote ? path.prefix { $0 != "?" && $0 != "#" } : path[...]) }

    package var formatOfName: DatasetFormat? { DatasetFormat(fileName: fileName) }

    package var resolvedFormat: DatasetFormat { format ?? formatOfName ?? .jsonl }
}

/// Where a record has its choices.
package enum ChoiceFields: Sendable, Equatable {
    /// In one field that contains a list.
    case field(String)
    /// In one field per choice.
    case fields([String])
}
