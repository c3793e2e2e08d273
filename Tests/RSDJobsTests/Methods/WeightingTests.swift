@testable import Methods
import Testing

/// ω, by the paper's Table 1.
@Suite("Weighting functions")
struct WeightingTests {
    private static let everyKind: [Weighting] = [
        .constant(p: 0.5), .binaryStep(threshold: 0.7), .clipping, .sigmoidal,
        .logistic(alpha: 10, threshold: 0.7),
    ]

    @Test(
        "the weights are those of the paper's table",
        arguments: [
            (Weighting.constant(p: 0.3), 0.0, 0.3),
            (.constant(p: 0.3), 1, 0.3),
            (.binaryStep(threshold: 0.7), 0, 0),
            (.binaryStep(threshold: 0.7), 0.7.nextDown, 0),
            (.binaryStep(threshold: 0.7), 0.7, 1),
            (.binaryStep(threshold: 0.7), 1, 1),
            (.clipping, -0.5, 0),
            (.clipping, 0, 0),
            (.clipping, 0.3, 0.3),
            (.clipping, 1, 1),
            (.clipping, 1.5, 1),
            (.sigmoidal, -0.5, 0),
            (.sigmoidal, 0, 0),
            (.sigmoidal, 0.25, 0.2),
            (.sigmoidal, 1, 0.5),
            (.logistic(alpha: 10, threshold: 0.7), 0.7, 0.5),
            (.logistic(alpha: 0, threshold: 0.7), 0.1, 0.5),
            (.logistic(alpha: 1e6, threshold: 0.7), 0.6, 0),
            (.logistic(alpha: 1e6, threshold: 0.7), 0.8, 1),
        ])
    func table(weighting: Weighting, reward: Double, weight: Double) {
        #expect(weighting.weight(reward) == weight)
    }

    @Test("logistic is the logistic function")
    func logistic() {
        let weight = Weighting.logistic(alpha: 10, threshold: 0.7).weight(1)
        #expect(abs(weight - 0.952_574_126_822_433_4) < 1e-15)
    }

    @Test("a reward equal to the threshold is accepted")
    func equal() {
        for threshold in [0, 0.1, 0.6, 0.7, 0.8, 0.9, 1] {
            #expect(Weighting.binaryStep(threshold: threshold).accepts(reward: threshold) { 0.999 })
        }
    }

    @Test("chance decides between zero and one")
    func chance() {
        #expect(Weighting.clipping.accepts(reward: 0.3) { 0.3.nextDown })
        #expect(!Weighting.clipping.accepts(reward: 0.3) { 0.3 })
        #expect(Weighting.constant(p: 0.5).accepts(reward: 0) { 0 })
        #expect(!Weighting.sigmoidal.accepts(reward: 1) { 0.5 })
    }

    @Test(
        "certainty needs no draw",
        arguments: [
            (Weighting.binaryStep(threshold: 0.7), 0.9, true),
            (.binaryStep(threshold: 0.7), 0.2, false),
            (.clipping, 1, true),
            (.clipping, 0, false),
            (.sigmoidal, 0, false),
            (.constant(p: 1), 0, true),
            (.constant(p: 0), 1, false),
        ])
    func certainty(weighting: Weighting, reward: Double, isAccepted: Bool) {
        let verdict = weighting.accepts(reward: reward) {
            Issue.record("\(weighting) drew for \(reward)")
            return 0.5
        }
        #expect(verdict == isAccepted)
    }

    @Test("a reward that is not a number is never accepted", arguments: everyKind)
    func notANumber(weighting: Weighting) {
        #expect(!weighting.accepts(reward: .nan) { 0 })
    }

    @Test("the weight grows with the reward and stays in its range", arguments: everyKind)
    func monotonic(weighting: Weighting) {
        let weights = (0...1_000).map { weighting.weight(Double($0) / 1_000) }
        #expect(weights.allSatisfy { (0...1).contains($0) })
        #expect(zip(weights, weights.dropFirst()).allSatisfy { $0 <= $1 })
    }
}
