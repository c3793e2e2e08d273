import Support

/// Suggests names for a mistyped one.
package enum NearestNames {
    /// Returns at most `count` names, nearest first.
    ///
    /// Names that contain what was typed come before those that need letters changed.
    package static func find(_ typed: String, among names: [String], count: Int = 5) -> [String] {
        let ranked = names.enumerated().map { index, name in
            (
                name: name, isPart: name.contains(typed), distance: editDistance(typed.lowercased(), name.lowercased()),
                index: index
            )
        }
        return ranked.sorted { left, right in
            if left.isPart != right.isPart { return left.isPart }
            return (left.distance, left.index) < (right.distance, right.index)
        }.prefix(count).map(\.name)
    }
}
