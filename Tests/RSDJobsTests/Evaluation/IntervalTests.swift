@testable import Reporting
@testable import Support
import Testing

@Suite("Confidence intervals") struct IntervalTests {
    /// Against exact sums of binomial coefficients. 150 and 86: the approval ratings of Agresti's Categorical Data Analysis,
    /// section 10.1.
    @Test(
        "McNemar's exact test agrees with known values",
        arguments: [
            (1, 8, 0.039_062_5), (8, 1, 0.039_062_5), (10, 2, 0.038_574_218_75), (0, 5, 0.0625), (5, 2, 0.453_125),
            (150, 86, 3.715_936_139_571e-5), (600, 500, 0.002_819_544_991_4), (1000, 1100, 0.030_720_707_864_2),
            (0, 0, 1), (3, 3, 1),
        ])
    func mcNemar(wins: Int, losses: Int, p: Double) {
        #expect(abs(PairedComparison.mcNemar(wins, losses) / p - 1) < 1e-9)
    }

    /// Worked out with half a pair added to each cell.
    @Test(
        "intervals of differences agree with known values",
        arguments: [
            (150, 86, 1364, 0.021_217, 0.058_683), (0, 0, 50, -0.037_692, 0.037_692), (12, 2, 36, 0.056_007, 0.328_608),
        ])
    func differences(wins: Int, losses: Int, ties: Int, low: Double, high: Double) throws {
        let outcomes =
            Array(repeating: [1], count: wins) + Array(repeating: [-1], count: losses)
            + Array(repeating: [0], count: ties)
        let pairs = PairedComparison(outcomes: outcomes, baseline: "target_only")
        #expect((pairs.wins, pairs.losses, pairs.ties) == (wins, losses, ties))
        #expect(abs(try #require(pairs.differenceLow) - low) < 1e-6)
        #expect(abs(try #require(pairs.differenceHigh) - high) < 1e-6)
    }

    /// Two samples of each of four problems; the design effect is 5 / 3.5.
    @Test("pairs of one problem widen the interval")
    func pairsOfOneProblem() throws {
        let pairs = PairedComparison(outcomes: [[1, 1], [0, 0], [-1, 0], [1, 0]], baseline: "target_only")
        #expect((pairs.pairs, pairs.wins, pairs.losses, pairs.ties) == (8, 3, 1, 4))
        #expect(pairs.difference == 0.25)
        #expect(abs(try #require(pairs.differenceLow) + 0.301_151) < 1e-6)
        #expect(abs(try #require(pairs.differenceHigh) - 0.669_572) < 1e-6)
    }

    @Test("samples that all agree claim no more than one", arguments: [0, 1]) func agreeing(outcome: Int) {
        func pairs(_ samples: Int) -> PairedComparison {
            PairedComparison(
                outcomes: Array(repeating: Array(repeating: outcome, count: samples), count: 20),
                baseline: "target_only")
        }
        #expect(pairs(4).differenceLow == pairs(1).differenceLow)
        #expect(pairs(4).differenceHigh == pairs(1).differenceHigh)
    }

    @Test("nothing is compared with nothing")
    func nothing() {
        let pairs = PairedComparison(outcomes: [], baseline: "target_only")
        #expect(pairs.pairs == 0 && pairs.p == nil && pairs.difference == nil)
    }

    /// Against the roots of (p − q)² n = z² q (1 − q), with n worked out by hand: 4; 0.21 / 0.017; as many as problems.
    @Test(
        "intervals of clusters agree with known values",
        arguments: [
            ([2, 2, 0, 0], 2, 0.150_039, 0.849_961), ([4, 4, 3, 2, 1], 4, 0.424_381, 0.880_735),
            ([3, 3, 3, 3, 3], 3, 0.565_518, 1.0),
        ])
    func clusters(right: [Int], samples: Int, low: Double, high: Double) throws {
        let share = ClusteredProportion(right.map { Proportion($0, of: samples) })
        let interval = try #require(share.interval)
        #expect(abs(interval.lowerBound - low) < 1e-5)
        #expect(abs(interval.upperBound - high) < 1e-5)
    }

    @Test("with one sample a problem the interval is Wilson's")
    func oneSample() {
        let share = ClusteredProportion((0..<20).map { Proportion($0 < 14 ? 1 : 0, of: 1) })
        #expect(share.interval == Proportion(14, of: 20).interval)
    }

    @Test("clusters never claim more than their answers")
    func bound() {
        // Half of each problem's samples are right: less varied than independent answers would be.
        let share = ClusteredProportion((0..<5).map { _ in Proportion(2, of: 4) })
        #expect(share.interval == Proportion(10, of: 20).interval)
    }
}
