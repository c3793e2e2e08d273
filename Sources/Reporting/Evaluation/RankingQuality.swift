/// How well a score separates right answers from wrong ones.
enum RankingQuality {
    /// The area under the ROC curve: the probability that a right answer scores more than a wrong one, ties counted half. By
    /// the sum of ranks (Mann and Whitney 1947), tied scores sharing the mean of their ranks.
    ///
    /// - Returns: nil unless there are both right and wrong answers.
    static func auroc(_ answers: [(score: Double, isRight: Bool)]) -> Double? {
        let right = answers.count(where: \.isRight)
        let wrong = answers.count - right
        guard right > 0, wrong > 0 else { return nil }
        let sorted = answers.sorted { $0.score < $1.score }
        var ranks = 0.0
        var begin = 0
        while begin < sorted.count {
            let tied = sorted[begin...].prefix { $0.score == sorted[begin].score }
            // Ranks count from 1.
            let rank = Double(tied.startIndex + tied.endIndex + 1) / 2
            ranks += rank * Double(tied.count(where: \.isRight))
            begin = tied.endIndex
        }
        let least = Double(right) * Double(right + 1) / 2
        return (ranks - least) / (Double(right) * Double(wrong))
    }
}
