/// One of the parts into which the problems of a job are divided, so that several machines can work on them.
///
/// Each is a run of its own in a directory of its own. All that is asked about a problem, by every method and in every sample,
/// is in one shard.
package struct Shard: Sendable, Hashable {
    /// From 1 to ``count``.
    package let index: Int
    package let count: Int

    /// More than any cluster takes as one array of tasks.
    package static let most = 1_000_000

    package init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `2/4`.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]+)\/([0-9]+)/), let index = Int(match.1), let count = Int(match.2)
        else { return nil }
        self.init(index: index, count: count)
    }

    /// Reads `shard-2-of-4`, and nothing that is written in another way.
    package init?(directoryName name: String) {
        guard let match = name.wholeMatch(of: /shard-([0-9]+)-of-([0-9]+)/), let index = Int(match.1),
            let count = Int(match.2)
        else { return nil }
        self.init(index: index, count: count)
        guard directoryName == name else { return nil }
    }

    /// The name of its run directory, below that of the whole run.
    package var directoryName: String { "shard-\(index)-of-\(count)" }

    /// All shards of a division, the first one first.
    package static func all(_ count: Int) -> [Shard] {
        count < 1 ? [] : (1...min(count, most)).compactMap { Shard(index: $0, count: count) }
    }
}

extension Shard: CustomStringConvertible {
    package var description: String { "\(index)/\(count)" }
}

extension Shard: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let shard = Shard(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no shard, such as 2/4")
        }
        self = shard
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
