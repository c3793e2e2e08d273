@testable import Decoding
@testable import Support
import Testing

/// Chance that depends on its key alone, the same in every version of the program.
@Suite("Draws")
struct DrawTests {
    /// Computed apart, in Python, from the definitions of FNV-1a and SplitMix64. They must never change: a run that is
    /// resumed with a newer program has to draw what it would have drawn.
    @Test(
        "the drawn values never change",
        arguments: [
            (Key(0, "0", 0), 0, 0, 0xe_26ea_695b_94e6, [3_343_502_626_200_297_592, 6_886_651_275_509_276_920]),
            (Key(0, "0", 0), 1, 0, 0x12_2844_5b6e_bdc1, [6_273_221_498_267_596_884, 797_017_481_983_641_791]),
            (Key(0, "0", 0), 0, 1, 0x16_eba2_34e2_522a, [3_343_502_626_200_297_592, 6_886_651_275_509_276_920]),
            (Key(0, "0", 1), 0, 0, 0x19_fc20_8012_adfb, [5_981_058_110_079_242_944, 3_966_752_386_280_096_889]),
            (Key(0, "1", 0), 0, 0, 0x16_68b9_c073_486e, [7_350_865_737_210_532_014, 8_966_610_979_334_952_474]),
            (Key(1, "0", 0), 0, 0, 0x1d_a31d_a758_6e12, [1_410_049_410_910_935_533, 2_686_521_262_455_471_772]),
            (
                Key(.max, "π/7", 3), 99, 2, 0x16_0d72_10c3_62f1,
                [6_948_348_760_822_438_260, 2_198_065_792_481_292_068]
            ),
        ])
    func values(key: Key, step: Int, attempt: Int, verdict: UInt64, seeds: [Int]) {
        let draw = key.draw
        #expect(draw.uniform(step: step, attempt: attempt) == Double(verdict) * 0x1p-53)
        #expect([Role.draft, .target].map { draw.requestSeed(step: step, role: $0) } == seeds)
    }

    @Test("the hash never changes")
    func hash() {
        #expect(StableHash().value == 0xc381_7c01_6ba4_ff30)
        var hash = StableHash()
        hash.combine("ab")
        #expect(hash.value == 0xea69_c5ca_2d5d_e1c9)
    }

    @Test("every part of the key matters")
    func key() {
        let ids = [
            TrajectoryID(method: "a", dataset: "b", problem: "c"),
            TrajectoryID(method: "a", dataset: "b", problem: "c", sample: 1),
            TrajectoryID(method: "a", dataset: "b", problem: "d"),
            TrajectoryID(method: "a", dataset: "d", problem: "c"),
            TrajectoryID(method: "d", dataset: "b", problem: "c"),
            TrajectoryID(method: "ab", dataset: "", problem: "c"),
            TrajectoryID(method: "", dataset: "ab", problem: "c"),
            TrajectoryID(method: "a", dataset: "bc", problem: ""),
        ]
        var verdicts: Set<Double> = []
        var seeds: Set<Int> = []
        for id in ids {
            for runSeed in 0..<3 as Range<UInt64> {
                let draw = Draw(runSeed: runSeed, trajectory: id)
                for step in 0..<5 {
                    for attempt in 0..<3 { verdicts.insert(draw.uniform(step: step, attempt: attempt)) }
                    for role in Role.named { seeds.insert(draw.requestSeed(step: step, role: role)) }
                }
            }
        }
        #expect(verdicts.count == ids.count * 3 * 5 * 3)
        // Methods ask alike, so that what two of them need is asked once.
        let client = Set(ids.map { [$0.dataset, $0.problem, "\($0.sample)"] })
        #expect(seeds.count == client.count * 3 * 5 * 3)
        let draw = Draw(runSeed: 0, trajectory: ids[0])
        #expect(Set((0..<9).map { draw.requestSeed(step: 0, role: .draft, candidate: $0) }).count == 9)
        #expect(seeds.allSatisfy { $0 >= 0 })
    }

    @Test("draws are uniform")
    func uniform() {
        let samples = (0..<200).flatMap { problem in
            (0..<100).map { Key(0, "\(problem)", 0).draw.uniform(step: $0, attempt: 0) }
        }
        #expect(samples.allSatisfy { 0 <= $0 && $0 < 1 })
        var buckets = [Int](repeating: 0, count: 10)
        for sample in samples { buckets[Int(sample * 10)] += 1 }
        // 2000 expected in each; five standard deviations are 212.
        #expect(buckets.allSatisfy { abs($0 - 2_000) < 212 }, "\(buckets)")
    }

    /// What a draw is made from, with what does not vary here left out.
    struct Key: Sendable {
        let draw: Draw

        init(_ runSeed: UInt64, _ problem: String, _ sample: Int) {
            let id = TrajectoryID(method: "rsd", dataset: "gsm8k", problem: problem, sample: sample)
            draw = Draw(runSeed: runSeed, trajectory: id)
        }
    }
}
