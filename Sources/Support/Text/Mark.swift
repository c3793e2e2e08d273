/// A place in a text: line and column from 1, the column in Unicode scalars.
package struct Mark: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int
    /// The key of the value that was set on the command line and has this place; nil for a place in the file.
    package var setting: String?

    package init(line: Int, column: Int, setting: String? = nil) {
        self.line = line
        self.column = column
        self.setting = setting
    }

    package static let start = Mark(line: 1, column: 1)

    /// For messages: `on line 3`, or `by --set seed`.
    package var words: String { setting.map { "by --set \($0)" } ?? "on line \(line)" }

    package static func < (one: Mark, other: Mark) -> Bool {
        (one.line, one.column) < (other.line, other.column)
    }
}

/// A value and its place in the source.
package struct Located<Value> {
    package var value: Value
    package var mark: Mark

    package init(value: Value, mark: Mark) {
        self.value = value
        self.mark = mark
    }
}

extension Located: Sendable where Value: Sendable {}
extension Located: Equatable where Value: Equatable {}
