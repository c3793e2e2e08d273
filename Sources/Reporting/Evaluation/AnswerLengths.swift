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
        let answers = lines.filter { $0.finish != .failed }
        guard !answers.isEmpty else { return nil }
        self.method = method
        self.dataset = dataset
        width = Self.width(longest: longest)
        let bins = longest / width + 1
        right = Array(repeating: 0, count: bins)
        wrong = right
        for line in answers {
            let bin = min(bins - 1, line.length / width)
            if line.correct { right[bin] += 1 } else { wrong[bin] += 1 }
        }
        medianRight = Self.median(answers.filter(\.correct).map(\.length))
        medianWrong = Self.median(answers.filter { !$0.correct }.map(\.length))
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
