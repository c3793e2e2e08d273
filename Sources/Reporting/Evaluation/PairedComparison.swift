import Foundation
import Support

/// A method compared with the baseline on the same problems.
package struct PairedComparison: Sendable, Equatable, Codable {
    /// Name of the baseline method.
    package var baseline: String
    /// Pairs of answers to the same problem with the same sample number.
    package var pairs = 0
    /// Right where the baseline is wrong.
    package var wins = 0
    /// Wrong where the baseline is right.
    package var losses = 0
    /// Both right or both wrong.
    package var ties = 0
    /// Accuracy of the method minus that of the baseline, on the pairs; nil without pairs.
    package var difference: Double?
    /// Ends of its 95 % interval.
    package var differenceLow: Double?
    package var differenceHigh: Double?
    /// p of McNemar's exact two-sided test; nil without pairs.
    package var p: Double?

    private enum CodingKeys: String, CodingKey {
        case baseline, pairs, wins, losses, ties, difference, p
        case differenceLow = "difference_low"
        case differenceHigh = "difference_high"
    }
}

extension PairedComparison {
    /// - Parameters:
    ///   - lines: results of one method on one data set.
    ///   - others: results of the baseline on the same.
    package init(_ lines: [ResultLine], against others: [ResultLine], named baseline: String) {
        struct Place: Hashable { var problem: String, sample: Int }
        let theirs = Dictionary(others.map { (Place(problem: $0.problem, sample: $0.sample), $0.correct) }) { $1 }
        var outcomes: [String: [Int]] = [:]
        for line in lines {
            guard let other = theirs[Place(problem: line.problem, sample: line.sample)] else { continue }
            outcomes[line.problem, default: []].append((line.correct ? 1 : 0) - (other ? 1 : 0))
        }
        self.init(outcomes: outcomes.sorted { $0.key < $1.key }.map(\.value), baseline: baseline)
    }

    /// - Parameter outcomes: the pairs of each problem: 1 for a win, −1 for a loss, 0 for a tie.
    init(outcomes: [[Int]], baseline: String) {
        self.baseline = baseline
        let all = outcomes.joined()
        pairs = all.count
        wins = all.count { $0 > 0 }
        losses = all.count { $0 < 0 }
        ties = pairs - wins - losses
        guard pairs > 0 else { return }
        p = Self.mcNemar(wins, losses)
        difference = Double(wins - losses) / Double(pairs)
        let interval = interval(effect: Self.designEffect(outcomes))
        differenceLow = interval.lowerBound
        differenceHigh = interval.upperBound
    }

    /// McNemar's exact two-sided test: the probability that fair coins, one per differing pair, fall at least as unevenly.
    static func mcNemar(_ wins: Int, _ losses: Int) -> Double {
        let n = wins + losses
        guard wins != losses else { return 1 }
        // Logarithms, since powers of two overflow Double at about a thousand pairs.
        let all = lgamma(Double(n) + 1) - Double(n) * log(2)
        let tail = (0...min(wins, losses)).reduce(0.0) { sum, k in
            sum + exp(all - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1))
        }
        return min(1, 2 * tail)
    }

    /// The interval by Agresti and Min (2005): half a pair is added to each of the four cells, so that it has a width even if no
    /// pair differs.
    ///
    /// - Parameter effect: number of pairs worth one independent pair.
    private func interval(effect: Double) -> ClosedRange<Double> {
        let n = Double(pairs) / effect + 2
        let (b, c) = (Double(wins) / effect + 0.5, Double(losses) / effect + 0.5)
        let centre = (b - c) / n
        let variance = (b + c - (b - c) * (b - c) / n) / (n * n)
        let half = Proportion.z * variance.squareRoot()
        return max(-1, centre - half)...min(1, centre + half)
    }

    /// Variance of samples of one problem relative to independent pairs, at least 1. If all pairs are equal it cannot be estimated,
    /// and the samples of a problem count as one.
    private static func designEffect(_ outcomes: [[Int]]) -> Double {
        let (n, k) = (Double(outcomes.joined().count), Double(outcomes.count))
        guard n > k, k > 1 else { return n / k }
        let mean = Double(outcomes.joined().reduce(0, +)) / n
        func square(_ number: Double) -> Double { number * number }
        let alone = outcomes.joined().reduce(0.0) { $0 + square(Double($1) - mean) }
        let clustered = outcomes.reduce(0.0) { sum, cluster in
            sum + square(Double(cluster.reduce(0, +)) - mean * Double(cluster.count))
        }
        return alone == 0 ? n / k : max(1, clustered / alone)
    }
}
