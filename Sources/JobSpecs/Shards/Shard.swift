/// A part of a job's problems, so that several machines can work on the job.
///
/// Each shard is a run in its own directory. All samples of a problem by all methods are in the same shard.
/// is in one shard.
package struct Shard: Sendable, Hashable {
    /// From 1 to ``count``.
    package let index: Int
    package let count: Int

    /// More than any cluster accepts in one array job.
    package static let most = 1_000_000

    package init?(index: Int, count: Int) {
        guard (1...Self.most).contains(count), (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Parses `2/4`.
    package init?(_ text: String) {
        guard let match = text.wholeMatch(of: /([0-9]+)\/([0-9]+)/), let index = Int(match.1), let count = Int(match.2)
        else { return nil }
        self.init(index: index, count: count)
    }

    /// Parses `shard-2-of-4`, and no other spelling.
    package init?(directoryName name: String) {
        guard let match = name.wholeMatch(of: /shard-([0-9]+)-of-([0-9]+)/), let index = Int(match.1),
            let count = Int(match.2)
        else { return nil }
        self.init(index: index, count: count)
        guard directoryName == name else { return nil }
    }

    /// The name of its run directory, inside that of the whole run.
    package var directoryName: String { "shard-\(index)-of-\(count)" }

    /// All shards of a division, in order.
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
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "\(text) is not a shard, such as 2/4")
        }
        self = shard
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
