/// A place in a text: line and column from 1, the column in Unicode scalars.
package struct Mark: Sendable, Hashable, Comparable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static let start = Mark(line: 1, column: 1)

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
