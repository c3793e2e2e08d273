import Decoding

/// A line of `results.jsonl` as the page shows it; missing fields are left out, additional ones ignored.
struct ShownLine: Sendable, Decodable {
    struct Step: Sendable, Decodable {
        var text: String
        var origin: String
        var reward: Double?
        var dropped: Int?
        /// The rejected draft of this step.
        var rejected: Scored?
        /// Candidates for this step that were not chosen.
        var alternatives: [Scored]?
    }

    struct Scored: Sendable, Decodable {
        var text: String
        var reward: Double?
        var dropped: Int?
    }

    /// A candidate solution, from which the method chose or made its own.
    struct Candidate: Sendable, Decodable {
        var text: String
        var finish: String?
        var answer: String?
        var score: Double?
        var rewards: [Double?]?
        var chosen: Bool?
    }

    var steps: [Step]
    var answer: String?
    var failure: String?
    var verdict: String?
    var verdictReason: String?
    var cut: Bool?
    var candidates: [Candidate]?

    private enum CodingKeys: String, CodingKey {
        case steps, answer, failure, verdict, cut, candidates
        case verdictReason = "verdict_reason"
    }
}

/// Number of steps by reward, in bins of 0.05 over 0…1.
struct RewardHistogram: Sendable, Equatable, Encodable {
    static let bins = 20

    var method: String
    var dataset: String
    /// Draft steps that are part of a response.
    var taken = Array(repeating: 0, count: bins)
    /// Scored draft steps that are not.
    var rejected = Array(repeating: 0, count: bins)
    /// Scored steps of the target.
    var target = Array(repeating: 0, count: bins)

    init(method: String, dataset: String) {
        self.method = method
        self.dataset = dataset
    }

    var isEmpty: Bool { (taken + rejected + target).allSatisfy { $0 == 0 } }

    mutating func add(_ line: ShownLine) {
        for step in line.steps {
            if let reward = step.reward {
                if step.origin == Role.draft.rawValue {
                    Self.count(reward, in: &taken)
                } else {
                    Self.count(reward, in: &target)
                }
            }
            for other in [step.rejected].compactMap(\.self) + (step.alternatives ?? []) {
                if let reward = other.reward { Self.count(reward, in: &rejected) }
            }
        }
    }

    private static func count(_ reward: Double, in counts: inout [Int]) {
        counts[min(bins - 1, max(0, Int(bounding: (reward * Double(bins)).rounded(.down))))] += 1
    }
}
