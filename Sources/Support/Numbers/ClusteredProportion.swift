/// A share of answers that come in clusters: samples of one problem are right or wrong together more often than not, and
/// to count them as independent would make the interval too narrow.
///
/// Wilson's interval with the effective sample size, n divided by Kish's design effect. The variance is that of a ratio of
/// cluster totals; clusters never make the interval narrower than independent answers would, and where all samples of each
/// problem agree it is that of one sample a problem.
package struct ClusteredProportion: Sendable, Equatable {
    /// One for each problem: its right answers, of its answers.
    package let clusters: [Proportion]

    package init(_ clusters: [Proportion]) {
        self.clusters = clusters.filter { $0.total > 0 }
    }

    package var all: Proportion {
        Proportion(clusters.reduce(0) { $0 + $1.count }, of: clusters.reduce(0) { $0 + $1.total })
    }

    /// Independent observations that the answers are worth.
    var effectiveSize: Double {
        let (n, k) = (Double(all.total), Double(clusters.count))
        guard let p = all.value, p > 0, p < 1, k > 1 else { return k }
        let squares = clusters.reduce(0) { sum, cluster in
            let off = Double(cluster.count) - p * Double(cluster.total)
            return sum + off * off
        }
        let variance = squares / (n * n)
        return variance == 0 ? n : min(n, p * (1 - p) / variance)
    }

    /// nil where there is nothing to take a share of.
    package var interval: ClosedRange<Double>? {
        guard let p = all.value else { return nil }
        let isClustered = clusters.contains { $0.total > 1 }
        return isClustered ? Proportion.wilson(p, n: effectiveSize) : all.interval
    }
}
