import Decoding
import Support

/// How long the right and the wrong answers of one method on one data set are, in tokens of the response.
struct AnswerLengths: Sendable, Equatable, Encodable {
    var method: String
    var dataset: String
    /// Tokens per bin, the same for all methods of a data set. Bin `k` has the lengths from `k * width` to less than
    /// `(k + 1) * width`.
    var width: Int
    /// Number of answers by bin, up to the last bin of the data set.
    var right: [Int]
    var wrong: [Int]
    @Nulled var medianRight: Double?
    @Nulled var medianWrong: Double?

    private enum CodingKeys: String, CodingKey {
        case method, dataset, width, right, wrong
        case medianRight = "median_right"
        case medianWrong = "median_wrong"
    }
}

extension AnswerLengths {
    static let mostBins = 30

    /// - Parameters:
    ///   - lines: of one method and data set. Failed trajectories are no answers.
    ///   - longest: the length of the longest answer of any method to the data set.
    /// - Returns: nil without answers.
    init?(method: String, dataset: String, lines: [ResultLine], longest: Int) {
        var (rightLengths, wrongLengths): ([Int], [Int]) = ([], [])
        for line in lines where line.finish != .failed {
            if line.correct { rightLengths.append(line.length) } else { wrongLengths.append(line.length) }
        }
        guard !rightLengths.isEmpty || !wrongLengths.isEmpty else { return nil }
        self.method = method
        self.dataset = dataset
        width = Self.width(longest: longest)
        let bins = longest / width + 1
        right = Self.counts(rightLengths, width, bins)
        wrong = Self.counts(wrongLengths, width, bins)
        medianRight = Self.median(rightLengths)
        medianWrong = Self.median(wrongLengths)
    }

    private static func counts(_ lengths: [Int], _ width: Int, _ bins: Int) -> [Int] {
        lengths.reduce(into: Array(repeating: 0, count: bins)) { $0[min(bins - 1, $1 / width)] += 1 }
    }

    /// The smallest of 1, 2, 5, 10, 20, … with which ``mostBins`` bins reach the longest answer.
    static func width(longest: Int) -> Int {
        var power = 1
        while true {
            for width in [1, 2, 5].map({ $0 * power }) where longest / width < mostBins { return width }
            power *= 10
        }
    }

    static func median(_ numbers: [Int]) -> Double? {
        guard !numbers.isEmpty else { return nil }
        let sorted = numbers.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? Double(sorted[middle]) : (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2
    }
}

extension ResultLine {
    /// Tokens of the response, counted by the models that wrote them.
    var length: Int { tokens.draft.kept.plus(tokens.target.kept) }
}
