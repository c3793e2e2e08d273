import Answers

/// The answers of one method to one problem, in the order of their sample numbers. A failed sample is a wrong answer without a vote.
package struct SampledProblem: Sendable, Equatable {
    package struct Sample: Sendable, Equatable {
        package var isRight: Bool
        /// What it votes for; nil without an answer.
        package var vote: AnswerKey?

        package init(isRight: Bool, vote: AnswerKey? = nil) {
            self.isRight = isRight
            self.vote = vote
        }
    }

    package let samples: [Sample]

    package init(_ samples: [Sample]) {
        self.samples = samples
    }

    package var right: Int { samples.count(where: \.isRight) }

    /// pass@k: the probability that at least one of k samples is right, if they are drawn from these without replacement:
    /// 1 − C(n−c, k) / C(n, k), the unbiased estimator of Chen et al. (arXiv 2107.03374, section 2.1), as in NeMo-Skills and
    /// inspect_ai.
    ///
    /// - Returns: nil with fewer than k samples.
    package func pass(at k: Int) -> Double? {
        let (n, wrong) = (samples.count, samples.count - right)
        guard k > 0, k <= n else { return nil }
        guard k <= wrong else { return 1 }
        // As a product, since the binomials overflow.
        return 1 - (wrong + 1..<n + 1).reduce(1.0) { $0 * (1 - Double(k) / Double($1)) }
    }

    /// maj@k: the score of the answer that most of the first k samples give (`majority@k` of NeMo-Skills,
    /// `nemo_skills/evaluation/metrics/base.py`). Where several answers have the most votes, it is the mean of their scores: what a
    /// draw between them scores on average. Samples without an answer have no vote, and without any vote the score is 0. Equal
    /// answers with different verdicts, which a grader that reads the whole text may give, count as different.
    ///
    /// - Returns: 0…1; nil with fewer than k samples.
    package func majority(at k: Int) -> Double? {
        guard k > 0, k <= samples.count else { return nil }
        struct Ballot: Hashable { var vote: AnswerKey, isRight: Bool }
        var votes: [Ballot: Int] = [:]
        for sample in samples.prefix(k) {
            if let vote = sample.vote { votes[Ballot(vote: vote, isRight: sample.isRight), default: 0] += 1 }
        }
        guard let most = votes.values.max() else { return 0 }
        let elected = votes.filter { $0.value == most }.keys
        return Double(elected.count(where: \.isRight)) / Double(elected.count)
    }
}
