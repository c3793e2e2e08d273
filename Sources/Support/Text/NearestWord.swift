/// Returns the candidate that a mistyped word most likely means; nil if none is close.
package func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
    // Too long for a mistyped word.
    guard word.utf8.count <= 200 else { return nil }
    let word = word.lowercased()
    let ranked = candidates.map { (candidate: $0, distance: editDistance(word, $0.lowercased())) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    let longer = max(word.count, best.candidate.count)
    return best.distance < longer && best.distance <= max(1, longer / 3) ? best.candidate : nil
}

/// The number of insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
package func editDistance(_ one: String, _ other: String) -> Int {
    let one = Array(one)
    let other = Array(other)
    var rows = [Array(0...other.count)]
    for i in 0..<one.count {
        var row = [i + 1]
        for j in 0..<other.count {
            let replaced = rows[i][j] + (one[i] == other[j] ? 0 : 1)
            var least = min(replaced, rows[i][j + 1] + 1, row[j] + 1)
            if i > 0, j > 0, one[i] == other[j - 1], one[i - 1] == other[j] {
                least = min(least, rows[i - 1][j - 1] + 1)
            }
            row.append(least)
        }
        rows.append(row)
    }
    return rows[one.count][other.count]
}

/// `; did you mean 'x'?` if a candidate is close, otherwise all candidates after `list`.
package func suggestion(for word: String, among candidates: [String], listedAs list: String = "known:") -> String {
    if let near = nearest(to: word, among: candidates) { return "; did you mean '\(near)'?" }
    guard !candidates.isEmpty else { return "" }
    return "; \(list) \(candidates.joined(separator: ", "))"
}
