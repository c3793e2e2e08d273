extension [Double] {
    /// The p-values of a family of tests, adjusted by Holm's step-down procedure (Holm 1979), in the same order. Those below α reject
    /// their hypotheses with a probability of at most α that any of the rejections is wrong, whatever the tests depend on.
    package var holmAdjusted: [Double] {
        var adjusted = self
        var least = 0.0
        for (rank, place) in indices.sorted(by: { self[$0] < self[$1] }).enumerated() {
            least = Swift.max(least, Swift.min(1, self[place] * Double(count - rank)))
            adjusted[place] = least
        }
        return adjusted
    }
}
