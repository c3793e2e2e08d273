/// A proportion of answers that come in clusters. Samples of one problem tend to be right or wrong together; counted as
/// independent answers, they would make the interval too narrow.
///
/// Wilson's interval with the effective sample size: n divided by Kish's design effect. The variance is that of a ratio
/// of cluster totals. The interval is never narrower than that of independent answers; if all samples of each problem
/// agree, it is that of one sample per problem.
package struct ClusteredProportion: Sendable, Equatable {
    /// Right answers and answers of each problem.
    package let clusters: [Proportion]

    package init(_ clusters: [Proportion]) {
        self.clusters = clusters.filter { $0.total > 0 }
    }

    package var all: Proportion {
        Proportion(clusters.reduce(0) { $0 + $1.count }, of: clusters.reduce(0) { $0 + $1.total })
    }

    /// Number of independent observations that the answers are worth.
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

    /// The proportion; nil without answers.
    package var interval: ClosedRange<Double>? {
        guard let p = all.value else { return nil }
        let isClustered = clusters.contains { $0.total > 1 }
        return isClustered ? Proportion.wilson(p, n: effectiveSize) : all.interval
    }
}
