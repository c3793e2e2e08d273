import Foundation

/// How long some trajectories will go on, beside the wave that they are in.
struct Prospect: Hashable {
    /// The wave that they are in: 0, or 1 for those that the engines that are up have done with.
    var wave = 0
    /// Further waves that are certain.
    var certain = 0
    /// Steps that are judged after those, and how many of a hundred are rejected.
    var steps = 0
    var rejected = 0

    /// Further waves.
    var expected: Double { Double(certain) + Double(steps * rejected) / 100 }

    /// The probability that a further wave, counted as ``wave`` is, is needed: that of so many rejections, binomially distributed.
    func odds(inWave number: Int) -> Double {
        if number <= wave { return 0 }
        let (least, share) = (number - wave - certain, Double(rejected) / 100)
        if least <= 0 { return 1 }
        if least > steps || rejected == 0 { return 0 }
        if rejected == 100 { return 1 }
        var (term, below) = (pow(1 - share, Double(steps)), 0.0)
        for count in 0..<least {
            below += term
            term *= Double(steps - count) / Double(count + 1) * share / (1 - share)
        }
        return max(0, 1 - below)
    }
}
