import Support

/// A repository of the Hugging Face hub.
package struct HubRepository: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
        case model, dataset
    }

    package let kind: Kind
    /// `Qwen/Qwen2.5-Math-1.5B-Instruct`, or a name without an organisation, such as `gpt2`.
    package let name: String

    /// - Returns: nil if no repository can have this name (`validate_repo_id` of `huggingface_hub`).
    package init?(_ kind: Kind, named name: String) {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy(Self.isName), !name.contains("--"), !name.contains(".."),
            !name.hasSuffix(".git")
        else { return nil }
        self.kind = kind
        self.name = name
    }

    private static func isName(_ part: Substring) -> Bool {
        part.utf8.count <= 96 && part.wholeMatch(of: namePattern) != nil
    }

    private static let namePattern = Pattern(/[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?/)

    /// - Parameter folder: the name of its folder in a cache, `models--Qwen--Qwen2.5-Math-1.5B-Instruct`.
    package init?(folder: String) {
        guard let kind = Kind.allCases.first(where: { folder.hasPrefix($0.folderPrefix) }) else { return nil }
        self.init(kind, named: String(folder.dropFirst(kind.folderPrefix.count)).replacing("--", with: "/"))
    }

    /// The name of its folder in a cache.
    package var folderName: String { kind.folderPrefix + name.replacing("/", with: "--") }
}

extension HubRepository.Kind {
    fileprivate var folderPrefix: String { rawValue + "s--" }
}
