/// Finds the names that somebody may have meant.
package enum NearestNames {
    /// At most `count` names, the nearest first.
    ///
    /// Names that contain what was typed come before those that need letters changed.
    package static func find(_ typed: String, among names: [String], count: Int = 5) -> [String] {
        let ranked = names.enumerated().map { index, name in
            (name: name, isPart: name.contains(typed), distance: distance(typed, name), index: index)
        }
        return ranked.sorted { left, right in
            if left.isPart != right.isPart { return left.isPart }
            return (left.distance, left.index) < (right.distance, right.index)
        }.prefix(count).map(\.name)
    }

    /// Letters to insert, remove or replace (Levenshtein), compared without case.
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.lowercased().utf8), Array(right.lowercased().utf8))
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
