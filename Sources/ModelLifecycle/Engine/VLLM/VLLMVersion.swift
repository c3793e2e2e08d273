/// A version of vLLM as its package reports it, such as `0.32.0+cpu`.
package struct VLLMVersion: Sendable, Hashable, CustomStringConvertible {
    /// The numbers of a version, without any suffix: `0.20.2` of `0.20.2rc1.dev3+gabc.cu129`.
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
    /// nil if the version is not a release's, as in builds from a checkout without tags: `0.1.dev1+gabc`, `dev`.
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

    /// Whether it is this project's own engine, which speaks vLLM's HTTP API and has its own versions.
    var isPocket: Bool { description.hasSuffix("+pocket") }

    /// Whether it is the CPU build, whose version contains `cpu`; vLLM itself uses the same test.
    package var isCPUBuild: Bool { description.contains("cpu") }
}
