/// A version of vLLM as its package says it, such as `0.32.0+cpu`.
package struct VLLMVersion: Sendable, Hashable, CustomStringConvertible {
    /// The numbers of a version, without what follows them: `0.20.2` of `0.20.2rc1.dev3+gabc.cu129`.
    struct Release: Sendable, Hashable, Comparable, CustomStringConvertible {
        var major: Int
        var minor: Int
        var patch: Int

        init(_ major: Int, _ minor: Int, _ patch: Int) {
            (self.major, self.minor, self.patch) = (major, minor, patch)
        }

        static func < (one: Release, other: Release) -> Bool {
            (one.major, one.minor, one.patch) < (other.major, other.minor, other.patch)
        }

        var description: String { "\(major).\(minor).\(patch)" }
    }

    package let description: String
    /// nil where the version is no release's, as with builds from a checkout without tags: `0.1.dev1+gabc`, `dev`.
    let release: Release?

    package init(_ text: String) {
        description = text
        guard let found = text.prefixMatch(of: /v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?(?!\.?\d)/),
            let major = Int(found.1), let minor = Int(found.2),
            found.3 != nil || !text[found.range.upperBound...].hasPrefix(".dev")
        else {
            release = nil
            return
        }
        release = Release(major, minor, found.3.flatMap { Int($0) } ?? 0)
    }

    /// This project's own engine, which speaks vLLM's HTTP API, has versions of its own.
    var isPocket: Bool { description.hasSuffix("+pocket") }

    /// The build for processors has `cpu` in its version, by which vLLM itself tells.
    package var isCPUBuild: Bool { description.contains("cpu") }
}
