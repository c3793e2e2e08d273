/// The mean of scores in 0…1 that come in clusters, with its standard error and its 95 % interval. Scores of one cluster may
/// depend on each other.
package struct ClusteredMean: Sendable, Equatable {
    private let sums: [Double]
    private let sizes: [Double]
    /// The number of independent observations that the mean is worth at most.
    private let observations: Double

    /// - Parameters:
    ///   - scores: one per cluster, each a mean over observations of it.
    ///   - observations: of all clusters together.
    package init(scores: [Double], observations: Int) {
        sums = scores
        sizes = scores.map { _ in 1 }
        self.observations = Double(observations)
    }

    /// Answers that are right or wrong.
    package init(_ clusters: [Proportion]) {
        sums = clusters.map { Double($0.count) }
        sizes = clusters.map { Double($0.total) }
        observations = sizes.reduce(0, +)
    }

    private var size: Double { sizes.reduce(0, +) }

    /// nil without scores.
    package var value: Double? { size > 0 ? sums.reduce(0, +) / size : nil }

    /// The sum of the squares of the clusters' deviations, each the sum of those of its scores.
    private func squares(around mean: Double) -> Double {
        zip(sums, sizes).reduce(0) { sum, cluster in
            let off = cluster.0 - mean * cluster.1
            return sum + off * off
        }
    }

    /// Cluster-robust, with the correction for a finite number of clusters (Miller, arXiv 2411.00640, appendix A, and
    /// `stderr(cluster=…)` of inspect_ai). With a score per cluster, the sample standard deviation over the root of their number.
    /// nil with fewer than two clusters, from which it cannot be estimated.
    package var standardError: Double? {
        guard let value, sums.count > 1 else { return nil }
        let count = Double(sums.count)
        return (squares(around: value) * count / (count - 1)).squareRoot() / size
    }

    /// The number of independent observations that the mean is worth: fewer than there are if those of a cluster agree.
    var effectiveSize: Double {
        let clusters = Double(sums.count)
        guard let value, value > 0, value < 1, clusters > 1 else { return clusters }
        let variance = squares(around: value) / (size * size)
        return variance == 0 ? observations : min(observations, value * (1 - value) / variance)
    }

    /// Wilson's interval with the ``effectiveSize``; nil without scores.
    package var interval: ClosedRange<Double>? { value.map { Proportion.wilson($0, n: effectiveSize) } }
}
