import Support

/// The figures of a method with several samples of a problem: avg@n, pass@k and maj@k. docs/report.md defines them.
package struct SampleFigures: Sendable, Equatable, Codable {
    /// A figure for k samples of a problem, over all problems that have as many.
    package struct AtK: Sendable, Equatable, Codable {
        package var k: Int
        /// The mean over the problems, 0…1.
        package var value: Double
        /// Its standard error over the problems; nil for a single one.
        @Nulled package var stderr: Double?
        /// Ends of its 95 % interval: Wilson's with the effective sample size.
        package var low: Double
        package var high: Double
        /// Number of problems with at least k samples.
        package var problems: Int
    }

    /// The largest number of samples of a problem.
    package var n: Int
    /// The smallest number, other than `n` only while a run is unfinished.
    package var fewest: Int
    /// avg@n: the share of right answers (`pass@1[avg-of-n]` of NeMo-Skills). The row has it too, with its interval, as `accuracy`.
    package var average: Double
    /// Its standard error, clustered by problem; nil for a single problem.
    @Nulled package var averageStderr: Double?
    /// Standard deviation of the accuracy from sample number to sample number (`std_dev_across_runs` of NeMo-Skills); nil if problems
    /// have different numbers of samples.
    @Nulled package var deviation: Double?
    /// pass@k for k = 1, 2, 4, … and n, ascending.
    package var pass: [AtK]
    /// maj@k for k = 2, 4, … and n, ascending.
    package var majority: [AtK]

    private enum CodingKeys: String, CodingKey {
        case n, fewest
        case average = "avg"
        case averageStderr = "avg_stderr"
        case deviation = "std_dev_across_samples"
        case pass = "pass_at_k"
        case majority = "maj_at_k"
    }
}

extension SampleFigures {
    /// - Parameter problems: those with at least one answer.
    /// - Returns: nil if none has several.
    package init?(_ problems: [SampledProblem]) {
        let counts = problems.map(\.samples.count)
        guard let most = counts.max(), let fewest = counts.min(), most > 1 else { return nil }
        let mean = ClusteredMean(problems.map { Proportion($0.right, of: $0.samples.count) })
        n = most
        self.fewest = fewest
        average = mean.value ?? 0
        averageStderr = mean.standardError
        deviation = most == fewest ? Self.deviation(across: problems) : nil
        let powers = Self.powers(upTo: most)
        pass = powers.compactMap { AtK(k: $0, problems) { $0.pass(at: $1) } }
        majority = powers.dropFirst().compactMap { AtK(k: $0, problems) { $0.majority(at: $1) } }
    }

    /// 1, 2, 4, … and n.
    static func powers(upTo n: Int) -> [Int] {
        var powers = Array(sequence(first: 1) { $0 <= n / 2 ? $0 * 2 : nil })
        if powers.last != n { powers.append(n) }
        return powers
    }

    /// The sample standard deviation of the accuracies of the first samples, of the second, and so on.
    private static func deviation(across problems: [SampledProblem]) -> Double {
        let runs = problems[0].samples.indices.map { number in
            Double(problems.count { $0.samples[number].isRight }) / Double(problems.count)
        }
        let mean = runs.reduce(0, +) / Double(runs.count)
        let squares = runs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (squares / Double(runs.count - 1)).squareRoot()
    }
}

extension SampleFigures.AtK {
    /// - Parameter score: of a problem, nil if it has too few samples.
    fileprivate init?(k: Int, _ problems: [SampledProblem], score: (SampledProblem, Int) -> Double?) {
        let scores = problems.map { score($0, k) }
        let counted = zip(problems, scores).filter { $0.1 != nil }.map(\.0.samples.count)
        let mean = ClusteredMean(scores: scores.compactMap(\.self), observations: counted.reduce(0, +))
        guard let value = mean.value, let interval = mean.interval else { return nil }
        self.init(
            k: k, value: value, stderr: Nulled(wrappedValue: mean.standardError), low: interval.lowerBound,
            high: interval.upperBound,
            problems: counted.count)
    }
}
