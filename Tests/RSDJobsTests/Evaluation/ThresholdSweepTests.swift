@testable import JobSpecs
import Methods
@testable import Reporting
import Testing

@Suite("Sweeps of thresholds") struct ThresholdSweepTests {
    private func rsd(_ threshold: Double, _ name: String? = nil) -> MethodSpec {
        MethodSpec(name: name ?? "rsd-\(threshold)", kind: .rsd(.binaryStep(threshold: threshold)))
    }

    private func logistic(_ alpha: Double, _ threshold: Double) -> MethodSpec {
        MethodSpec(name: "l-\(alpha)-\(threshold)", kind: .rsd(.logistic(alpha: alpha, threshold: threshold)))
    }

    @Test("methods that differ only in their threshold are one sweep, in ascending order")
    func sweeps() {
        let methods = [
            MethodSpec(name: "target_only", kind: .targetOnly), rsd(0.9), logistic(10, 0.7), rsd(0.5),
            logistic(20, 0.5),
            MethodSpec(name: "clipping", kind: .rsd(.clipping)), logistic(10, 0.2), rsd(0.7, "paper"),
        ]
        let found = ThresholdSweep.all(in: methods)
        #expect(found.map(\.settings) == ["rsd, weighting: binary_step", "rsd, weighting: logistic, alpha: 10"])
        #expect(
            found[0].points == [
                .init(method: "rsd-0.5", threshold: 0.5), .init(method: "paper", threshold: 0.7),
                .init(method: "rsd-0.9", threshold: 0.9),
            ])
        #expect(found[1].points.map(\.threshold) == [0.2, 0.7])
    }

    @Test("a sweep says what its thresholds are compared with")
    func scales() throws {
        let fixture = try SpecFixture()
        try fixture.distinguishTarget()
        try fixture.writeJob(
            (
                "  - { rsd: { threshold: 0.7 } }\n  - target_only",
                """
                  - rsd: { threshold: [0.5, 0.7] }
                  - specreason: { threshold: [3, 7] }
                  - confidence: { threshold: [0.5, 0.9] }
                  - gsi: { n: 2, threshold: [0.3, 0.6] }
                  - gsi: { n: 2, threshold: [0.3, 0.6], threshold_on: reward, name: plain }
                  - rsd_best_of_n: { n: 2, threshold: [0.3, 0.6] }
                """
            ))
        #expect(
            ThresholdSweep.all(in: try fixture.load().spec.methods).map(\.scale)
                == [.reward, .score, .confidence, .tilted, .reward, .reward])
    }

    @Test("one threshold is no sweep")
    func none() {
        #expect(ThresholdSweep.all(in: []).isEmpty)
        #expect(ThresholdSweep.all(in: [rsd(0.7)]).isEmpty)
        #expect(ThresholdSweep.all(in: [rsd(0.7), logistic(10, 0.5), logistic(20, 0.6)]).isEmpty)
    }
}
