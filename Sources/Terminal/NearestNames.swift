import Support

/// Suggests names for a mistyped one.
package enum NearestNames {
    /// Returns at most `count` names, nearest first.
    ///
    /// Names that contain what was typed come before those that need letters changed.
    package static func find(_ typed: String, among names: [String], count: Int = 5) -> [String] {
        find(typed, among: names, count: count) { [$0] }
    }

    /// The same of things with several names each, of which the nearest counts.
    static func find<Thing>(
        _ typed: String, among things: [Thing], count: Int = 5, names: (Thing) -> [String]
    ) -> [Thing] {
        let lowercased = typed.lowercased()
        let ranked = things.enumerated().map { index, thing in
            let names = names(thing)
            return (
                thing: thing, isPart: names.contains { $0.contains(typed) },
                distance: names.map { editDistance(lowercased, $0.lowercased()) }.min() ?? .max, index: index
            )
        }
        return ranked.sorted { left, right in
            if left.isPart != right.isPart { return left.isPart }
            return (left.distance, left.index) < (right.distance, right.index)
        }.prefix(count).map(\.thing)
    }
}
