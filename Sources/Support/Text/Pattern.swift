/// A regular expression for text of which there is much: kept in a `static let`, it is compiled once. A literal within a function is
/// compiled again at each call, which takes longer than most matches.
///
/// Only for literals. All that one holds besides is its compiled program, which the standard library makes at the first match and
/// publishes atomically, so that threads may share it.
package struct Pattern<Output>: RegexComponent, @unchecked Sendable {
    package let regex: Regex<Output>

    package init(_ literal: Regex<Output>) {
        regex = literal
    }
}
