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

    /// nil without answers.
    package var interval: ClosedRange<Double>? {
        clusters.contains { $0.total > 1 } ? ClusteredMean(clusters).interval : all.interval
    }
}
