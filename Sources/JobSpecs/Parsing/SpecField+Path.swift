import Foundation
import SpecYAML
import Support

extension SpecField {
    /// An absolute path. Relative paths start at the spec's directory; `~` at its beginning is the home directory, and
    /// `${NAME}` an environment variable.
    package func path(
        from directory: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        guard let text = word() else { return nil }
        guard !text.contains("\0") else { return fail("'\(name)' contains a NUL character") }
        guard var path = expanding(text, environment) else { return nil }
        if text.hasPrefix("~") { path = NSString(string: path).expandingTildeInPath }
        return plainPath(path.hasPrefix("/") ? path : directory + "/" + path)
    }

    /// The text with the values of its variables; `$$` is a dollar sign.
    private func expanding(_ text: String, _ environment: [String: String]) -> String? {
        var (result, rest) = ("", text[...])
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...].dropFirst()
            if rest.first == "$" {
                result.append("$")
                rest = rest.dropFirst()
            } else if rest.first == "{" {
                guard let match = rest.prefixMatch(of: /\{([A-Za-z_][A-Za-z0-9_]*)\}/) else {
                    return fail(
                        "'${' must begin a variable, such as '${HOME}', in '\(name)'; write a dollar sign as '$$'")
                }
                guard let value = environment[String(match.1)], !value.isEmpty else {
                    return fail("the environment variable '\(match.1)' in '\(name)' is not set")
                }
                result += value
                rest = rest[match.range.upperBound...]
            } else {
                result.append("$")
                if let match = rest.prefixMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) {
                    log.warning(
                        at: mark,
                        "'$\(match.0)' is not expanded; write '${\(match.0)}' for the environment variable, "
                            + "or '$$\(match.0)' if you mean it literally")
                }
            }
        }
        return result + rest
    }
}

/// An absolute path without `.`, `..` and superfluous slashes, resolved like the shell's `cd` does.
package func plainPath(_ path: String) -> String {
    var parts: [Substring] = []
    for part in path.split(separator: "/") {
        switch part {
        case ".": continue
        case "..": _ = parts.popLast()
        default: parts.append(part)
        }
    }
    return "/" + parts.joined(separator: "/")
}
