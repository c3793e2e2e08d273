import Foundation
import Testing

@testable import Reporting
@testable import Support

/// Against scipy and statsmodels; paired-tests.py beside this file wrote what they say.
@Suite("Paired tests") struct PairedTestTests {
    private struct Golden: Decodable {
        var wins: Int?
        var losses: Int?
        var ties: Int?
        var samples: [Int]?
        var own: [Int]?
        var reference: [Int]?
        var difference: Double?
        var p: Double?
        var error: Double?
        var low: Double?
        var high: Double?
        var family: [Double]?
        var holm: [Double]?
        var freedom: Double?
        var z: Double?
        var tails: [[Double]]?
    }

    private static let goldens = Result {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "paired-tests.jsonl")
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(Golden.self, from: $0)
        }
    }

    private func near(_ one: Double?, _ other: Double?, _ tolerance: Double = 1e-9) -> Bool {
        guard let one, let other else { return false }
        return abs(one - other) <= tolerance * max(abs(other), 1e-3)
    }

    private func answers(_ right: Int, of samples: Int) -> [Bool] { (0..<samples).map { $0 < right } }

    @Test("one answer per problem: McNemar's exact test and the interval of the difference")
    func single() throws {
        let goldens = try Self.goldens.get().filter { $0.wins != nil }
        #expect(goldens.count == 250)
        for golden in goldens {
            let (wins, losses, ties) = try (#require(golden.wins), #require(golden.losses), #require(golden.ties))
            let pairs =
                Array(repeating: PairedTest.Pair(own: [true], reference: [false]), count: wins)
                + Array(repeating: .init(own: [false], reference: [true]), count: losses)
                + (0..<ties).map { .init(own: [$0 % 3 == 0], reference: [$0 % 3 == 0]) }
            let test = try #require(PairedTest(pairs))
            #expect(test.kind == .mcNemar)
            #expect((test.wins, test.losses, test.ties) == (wins, losses, ties))
            #expect(near(test.p, golden.p) && near(test.low, golden.low) && near(test.high, golden.high), "\(golden)")
            #expect(near(test.accuracy - test.referenceAccuracy, test.difference, 1e-12))
        }
    }

    @Test("several samples: the t test on the problems' means, whose error is clustered by problem")
    func samples() throws {
        let goldens = try Self.goldens.get().filter { $0.samples != nil }
        #expect(goldens.count > 100)
        for golden in goldens {
            let samples = try #require(golden.samples)
            let pairs = try zip(#require(golden.own), #require(golden.reference)).map { own, reference in
                PairedTest.Pair(own: answers(own, of: samples[0]), reference: answers(reference, of: samples[1]))
            }
            let test = try #require(PairedTest(pairs))
            #expect(test.kind == .t && test.problems == pairs.count)
            #expect(near(test.difference, golden.difference) && near(test.standardError, golden.error), "\(golden)")
            #expect(near(test.p, golden.p) && near(test.low, golden.low) && near(test.high, golden.high), "\(golden)")
        }
    }

    @Test("Holm's correction")
    func holm() throws {
        let goldens = try Self.goldens.get().filter { $0.family != nil }
        #expect(goldens.count == 60)
        for golden in goldens {
            let (family, holm) = try (#require(golden.family), #require(golden.holm))
            #expect(zip(family.holmAdjusted, holm).allSatisfy { near($0, $1, 1e-12) }, "\(golden)")
        }
        #expect([Double]().holmAdjusted.isEmpty)
    }

    @Test("tails and quantiles of Student's t")
    func student() throws {
        for golden in try Self.goldens.get() {
            guard let freedom = golden.freedom else { continue }
            let distribution = StudentT(degreesOfFreedom: freedom)
            #expect(near(distribution.z, golden.z), "\(freedom)")
            for tail in try #require(golden.tails) {
                let p = distribution.twoSided(tail[0])
                #expect(abs(p - tail[1]) <= 1e-9 * tail[1], "\(freedom) \(tail) \(p)")
                #expect(distribution.twoSided(-tail[0]) == p)
            }
        }
        #expect(StudentT(degreesOfFreedom: 3).twoSided(.infinity) == 0)
    }

    @Test("what cannot be estimated is not made up")
    func nothingToEstimate() throws {
        #expect(PairedTest([]) == nil)
        let one = try #require(PairedTest([.init(own: [true, false], reference: [false, false])]))
        #expect((one.difference, one.p, one.low, one.standardError) == (0.5, nil, nil, nil))
        let equal = Array(repeating: PairedTest.Pair(own: [true, false], reference: [false, true]), count: 9)
        let same = try #require(PairedTest(equal))
        #expect((same.kind, same.difference, same.p, same.low) == (.t, 0, 1, nil))
        // A third more, nine times: equal numbers, so no variance rather than one of rounding.
        let third = PairedTest.Pair(own: [true, true, false], reference: [true, false, false])
        #expect(try #require(PairedTest(Array(repeating: third, count: 9))).p == nil)
    }
}
