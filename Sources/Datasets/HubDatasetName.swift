import Foundation
import Support

/// A data set of the Hugging Face hub as fsspec writes it: `hf://datasets/openai/gsm8k`, with `@REVISION` and the path of a
/// file if need be.
package struct HubDatasetName: Sendable, Equatable {
    package static let prefix = "hf://datasets/"

    /// `openai/gsm8k`; without an organisation for the oldest ones.
    package var repository: String
    package var revision: String?
    /// A file in the repository; nil for a split of the data set.
    package var file: String?

    /// - Returns: nil if this is not such an address.
    package init?(_ address: String) {
        guard address.hasPrefix(Self.prefix) else { return nil }
        let rest = address.dropFirst(Self.prefix.count)
        // Revisions with a slash are `refs/pr/1` and `refs/convert/parquet`; others have %2F.
        if let match = rest.wholeMatch(
            of: /([^\/@]+\/[^\/@]+)(?:@(refs\/(?:pr|convert)\/[^\/]+|[^\/]+))?(?:\/(.+))?/)
        {
            self.init(match.1, revision: match.2, file: match.3)
        } else if let match = rest.wholeMatch(of: /([^\/@]+)(?:@(refs\/(?:pr|convert)\/[^\/]+|[^\/]+))?/) {
            self.init(match.1, revision: match.2, file: nil)
        } else {
            return nil
        }
    }

    private init(_ repository: Substring, revision: Substring?, file: Substring?) {
        self.repository = String(repository)
        self.revision = revision.map { $0.removingPercentEncoding ?? String($0) }
        self.file = file.map(String.init)
    }

    /// Without revision.
    package var address: String { Self.prefix + repository + (file.map { "/\($0)" } ?? "") }
}
