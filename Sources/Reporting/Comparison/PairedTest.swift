import Foundation
import Support

/// A method tested against the reference on the problems that both answered.
package struct PairedTest: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// One answer per problem on both sides: McNemar's exact test, binomial for any number of differing pairs.
        case mcNemar = "mcnemar_exact"
        /// Several answers per problem on a side: the t test on the problems' mean differences, so that the answers to one problem
        /// count as one observation.
        case t = "paired_t"
    }

    package var kind: Kind
    /// Problems that both answered.
    package var problems = 0
    /// Problems on which the method does better than the reference, worse, and as well.
    package var wins = 0
    package var losses = 0
    package var ties = 0
    /// Accuracies on these problems: the mean over problems of the mean over samples.
    package var accuracy: Double
    package var referenceAccuracy: Double
    /// The first minus the second.
    package var difference: Double
    /// Ends of its 95 % interval: by Agresti and Min (2005), or of the t distribution. nil if the differences of several samples
    /// do not vary, or if there is one problem.
    @Nulled package var low: Double?
    @Nulled package var high: Double?
    /// Of the difference, clustered by problem; of ``Kind/t`` only.
    @Nulled package var standardError: Double?
    /// Two-sided; nil if it cannot be known, as for the interval.
    @Nulled package var p: Double?
    /// The same, corrected by Holm for all tests of the comparison.
    @Nulled package var holm: Double?

    private enum CodingKeys: String, CodingKey {
        case kind = "test"
        case problems, wins, losses, ties, accuracy, difference, p
        case referenceAccuracy = "reference_accuracy"
        case low = "difference_low"
        case high = "difference_high"
        case standardError = "standard_error"
        case holm = "p_holm"
    }
}

extension PairedTest {
    /// The answers to one problem, right or not: of the method and of the reference. Neither is empty.
    package struct Pair: Sendable {
        package var own: [Bool]
        package var reference: [Bool]

        package init(own: [Bool], reference: [Bool]) {
            (self.own, self.reference) = (own, reference)
        }

        private static func mean(_ answers: [Bool]) -> Double {
            Double(answers.count(where: \.self)) / Double(answers.count)
        }

        fileprivate var isSingle: Bool { own.count == 1 && reference.count == 1 }
        fileprivate var means: (own: Double, reference: Double) { (Self.mean(own), Self.mean(reference)) }
        /// A quotient of whole numbers rounded once, so that equal differences are equal numbers.
        fileprivate var difference: Double {
            let (right, other) = (own.count(where: \.self), reference.count(where: \.self))
            return Double(right * reference.count - other * own.count) / Double(own.count * reference.count)
        }
    }

    /// nil without pairs.
    package init?(_ pairs: [Pair]) {
        guard !pairs.isEmpty else { return nil }
        let count = Double(pairs.count)
        let differences = pairs.map(\.difference)
        kind = pairs.allSatisfy(\.isSingle) ? .mcNemar : .t
        problems = pairs.count
        wins = differences.count { $0 > 0 }
        losses = differences.count { $0 < 0 }
        ties = problems - wins - losses
        accuracy = pairs.reduce(0) { $0 + $1.means.own } / count
        referenceAccuracy = pairs.reduce(0) { $0 + $1.means.reference } / count
        difference = differences.reduce(0, +) / count
        switch kind {
        case .mcNemar:
            let exact = PairedComparison(outcomes: differences.map { [Int($0)] }, baseline: "")
            (low, high, p) = (exact.differenceLow, exact.differenceHigh, exact.p)
        case .t: setStudent(differences)
        }
    }

    private mutating func setStudent(_ differences: [Double]) {
        guard differences.contains(where: { $0 != differences[0] }) else {
            p = difference == 0 ? 1 : nil
            return
        }
        guard let mean = StudentMean(differences) else { return }
        standardError = mean.standardError
        p = mean.p
        let interval = mean.interval
        (low, high) = (max(-1, interval.lowerBound), min(1, interval.upperBound))
    }
}
