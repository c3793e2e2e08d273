@testable import Decoding
@testable import Reporting
@testable import Support
import Testing

@Suite("What rewards say about answers") struct RewardCalibrationTests {
    /// Scores that often tie, of answers that are right the more often the higher their score.
    private struct Table {
        var answers: [(score: Double, isRight: Bool)]

        init(seed: UInt64, count: Int, levels: UInt64) {
            var state = seed
            func next() -> UInt64 {
                state = (state * 1_103_515_245 + 12345) % (1 << 31)
                return state >> 16
            }
            answers = (0..<count).map { _ in
                let (score, other) = (next() % levels, next() % levels)
                return (Double(score) / Double(levels - 1), other <= score)
            }
        }
    }

    /// The trapezoids under the ROC curve, threshold by threshold.
    private func areaUnderCurve(_ answers: [(score: Double, isRight: Bool)]) -> Double {
        func share(of isRight: Bool, from threshold: Double) -> Double {
            let members = answers.filter { $0.isRight == isRight }
            return Double(members.count { $0.score >= threshold }) / Double(members.count)
        }
        let thresholds = [Double.infinity] + Set(answers.map(\.score)).sorted(by: >)
        let curve = thresholds.map { (x: share(of: false, from: $0), y: share(of: true, from: $0)) }
        return zip(curve, curve.dropFirst()).reduce(0) { $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2 }
    }

    /// The values are those of `sklearn.metrics.roc_auc_score` (scikit-learn 1.9.1).
    @Test(
        "the AUROC is that of scikit-learn, and the area under the curve, also with ties",
        arguments: [
            (1, 40, 5, 0.914_835_164_835_164_9), (2, 200, 11, 0.816_149_130_740_629),
            (3, 1000, 101, 0.827_574_937_343_358_4),
        ] as [(UInt64, Int, UInt64, Double)])
    func auroc(seed: UInt64, count: Int, levels: UInt64, value: Double) throws {
        let answers = Table(seed: seed, count: count, levels: levels).answers
        let auroc = try #require(RankingQuality.auroc(answers))
        #expect(abs(auroc - value) < 1e-12)
        #expect(abs(auroc - areaUnderCurve(answers)) < 1e-12)
        #expect(
            abs(try #require(RankingQuality.auroc(answers.map { (1 - $0.score, $0.isRight) })) - (1 - value)) < 1e-12)
    }

    @Test("perfect, useless and absent rankings")
    func corners() {
        #expect(RankingQuality.auroc([(0.1, false), (0.4, false), (0.35, true), (0.8, true)]) == 0.75)
        #expect(RankingQuality.auroc([(0.2, false), (0.3, true)]) == 1)
        #expect(RankingQuality.auroc([(0.3, false), (0.2, true)]) == 0)
        #expect(RankingQuality.auroc([(0.5, false), (0.5, true), (0.5, true)]) == 0.5)
        #expect(RankingQuality.auroc([(0.5, true), (0.6, true)]) == nil)
        #expect(RankingQuality.auroc([(0.5, false)]) == nil && RankingQuality.auroc([]) == nil)
    }

    private func line(_ problem: Int, _ rewards: [Double?], correct: Bool, sample: Int = 0) -> ResultLine {
        var line = ResultLine.sample(problem: "\(problem)", sample: sample, correct: correct)
        line.steps = rewards.map { Step(text: "s", origin: .draft, reward: $0) }
        return line
    }

    @Test("the last, the least and the mean reward are measured, without steps that were not judged")
    func measures() throws {
        let lines = [
            line(0, [0.9, 0.1, 0.8, nil], correct: true), line(1, [0.3, 0.6], correct: false),
            line(2, [nil], correct: true),
            line(3, [], correct: false),
        ]
        let found = try #require(RewardCalibration(method: "rsd", dataset: "d", lines: lines))
        #expect((found.total, found.correct) == (2, 1))
        #expect(found.curves.map(\.measure) == [.last, .least, .mean])
        #expect(found.curves.map(\.auroc) == [1, 0, 1])
        #expect(found.curves[0].bins.map(\.tenth) == [6, 8] && found.curves[0].bins.map(\.reward) == [0.6, 0.8])
        #expect(found.curves[0].bins.map(\.accuracy) == [0, 1])
        #expect(RewardCalibration(method: "rsd", dataset: "d", lines: Array(lines.suffix(2))) == nil)
    }

    @Test("a tenth begins with its lower end, and the last one includes 1")
    func tenths() throws {
        let rewards = [0, 0.0999, 0.1, 0.3, 0.6, 0.7, 0.9, 0.99, 1]
        let lines = rewards.enumerated().map { line($0, [$1], correct: $1 >= 0.5) }
        let bins = try #require(RewardCalibration(method: "rsd", dataset: "d", lines: lines)).curves[0].bins
        #expect(bins.map(\.tenth) == [0, 1, 3, 6, 7, 9])
        #expect(bins.map(\.total) == [2, 1, 1, 1, 1, 3])
        #expect(bins.map(\.correct) == [0, 0, 0, 1, 1, 3])
        #expect(bins[5].accuracyLow.map { $0 > 0.43 && $0 < 0.44 } == true && bins[5].accuracyHigh == 1)
    }

    /// The values are those of `sklearn.calibration.calibration_curve` (scikit-learn 1.9.1) with ten uniform bins.
    @Test("the reliability is that of scikit-learn")
    func reliability() throws {
        let lines = Table(seed: 3, count: 1000, levels: 101).answers.enumerated().map { place, answer in
            line(place, [answer.score + 1e-9 * (1 - answer.score)], correct: answer.isRight)
        }
        let bins = try #require(RewardCalibration(method: "rsd", dataset: "d", lines: lines)).curves[2].bins
        let accuracies = [
            0.02380952, 0.1744186, 0.28828829, 0.36893204, 0.42990654, 0.60606061, 0.67592593, 0.73469388, 0.875,
            0.94827586,
        ]
        let rewards = [
            0.0427381, 0.14488372, 0.24522523, 0.34174757, 0.43925234, 0.54464647, 0.64555556, 0.74632653, 0.84329546,
            0.94965517,
        ]
        #expect(bins.count == 10)
        for (bin, (accuracy, reward)) in zip(bins, zip(accuracies, rewards)) {
            #expect(abs((bin.accuracy ?? -1) - accuracy) < 1e-8 && abs(bin.reward - reward) < 1e-7, "\(bin)")
        }
    }

    @Test("samples of a problem widen the interval, and failed trajectories do not count")
    func clustered() throws {
        var lines = (0..<12).flatMap { problem in
            (0..<4).map { line(problem, [0.95], correct: problem % 2 == 0, sample: $0) }
        }
        let clustered = try #require(RewardCalibration(method: "rsd", dataset: "d", lines: lines)).curves[0].bins[0]
        let once = try #require(
            RewardCalibration(method: "rsd", dataset: "d", lines: lines.filter { $0.sample == 0 })
        ).curves[0].bins[0]
        #expect((clustered.total, once.total) == (48, 12))
        for (one, other) in [
            (clustered.accuracyLow, once.accuracyLow), (clustered.accuracyHigh, once.accuracyHigh),
        ] {
            #expect(abs(try #require(one) - #require(other)) < 1e-9)
        }
        for place in lines.indices { lines[place].finish = .failed }
        #expect(RewardCalibration(method: "rsd", dataset: "d", lines: lines) == nil)
    }
}
