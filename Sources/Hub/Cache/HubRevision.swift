/// A branch, a tag, a commit, or the beginning of a commit.
package enum HubRevision {
    /// The branch that is meant where none is named.
    package static let standard = "main"

    /// A whole commit: 40 hexadecimal digits.
    package static func isCommit(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9a-f]{40}/) != nil
    }

    /// Whether it may be the beginning of a commit; four digits, as for git.
    package static func mayAbbreviate(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9a-f]{4,40}/) != nil
    }

    /// Whether git allows a branch or tag of this name, which is also a path below `refs`.
    package static func isValid(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, !text.contains(".."), !text.contains("@{") else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.value > 0x20 && $0.value != 0x7F && !#"~^:?*[\"#.unicodeScalars.contains($0)
        }
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && !part.hasPrefix(".") && !part.hasSuffix(".") && !part.hasSuffix(".lock")
            }
    }
}
