/// A data set as a job names it.
package struct DatasetSpec: Sendable, Equatable {
    package var name: String
    /// An absolute path, or the address (`http://`, `https://`) of a file that is fetched once.
    package var path: String
    /// The file's SHA-256 in lower-case hexadecimal.
    package var sha256: String?
    /// nil where the end of the path says it.
    package var format: DatasetFormat?
    /// The named shape of the records.
    package var reader: String?
    /// Fields of each record; nil is what the reader does.
    package var question: String?
    package var answer: String?
    package var choices: ChoiceFields?
    /// Field with the problem's id; nil numbers them from 0 as they stand in the file.
    package var id: String?
    /// Puts the records into an order that this number stands for, before `start` and `limit`.
    package var shuffle: UInt64?
    /// Leaves out so many records.
    package var start = 0
    /// At most this many problems.
    package var limit: Int?

    package init(
        name: String, path: String, sha256: String? = nil, format: DatasetFormat? = nil, reader: String? = nil,
        question: String? = nil, answer: String? = nil, choices: ChoiceFields? = nil, id: String? = nil,
        shuffle: UInt64? = nil, start: Int = 0, limit: Int? = nil
    ) {
        self.name = name
        self.path = path
        self.sha256 = sha256
        self.format = format
        self.reader = reader
        self.question = question
        self.answer = answer
        self.choices = choices
        self.id = id
        self.shuffle = shuffle
        self.start = start
        self.limit = limit
    }

    /// Whether the file is fetched from an address.
    package var isRemote: Bool { Self.isAddress(path) }

    package static func isAddress(_ path: String) -> Bool { path.hasPrefix("http://") || path.hasPrefix("https://") }

    /// The file's name without what an address says after it.
    private var fileName: String { String(isRemote ? path.prefix { $0 != "?" && $0 != "#" } : path[...]) }

    package var formatOfName: DatasetFormat? { DatasetFormat(fileName: fileName) }

    var resolvedFormat: DatasetFormat { format ?? formatOfName ?? .jsonl }
}

/// Where a record has what may be chosen.
package enum ChoiceFields: Sendable, Equatable {
    /// In one field, which holds a list.
    case field(String)
    /// In a field for each choice.
    case fields([String])
}
