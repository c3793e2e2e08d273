import Decoding

/// A line of `results.jsonl` as the page shows it: what it does not have is left out, what it has besides is passed over.
struct ShownLine: Sendable, Decodable {
    struct Step: Sendable, Decodable {
        var text: String
        var origin: String
        var reward: Double?
        var dropped: Int?
        /// The draft that this step replaced.
        var rejected: Scored?
        /// Candidates for this step that were not taken.
        var alternatives: [Scored]?
    }

    struct Scored: Sendable, Decodable {
        var text: String
        var reward: Double?
        var dropped: Int?
    }

    /// One of several whole answers, from which the method took or made its own.
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

/// How often each reward occurs, in twentieths of 0…1.
struct RewardHistogram: Sendable, Equatable, Encodable {
    static let bins = 20

    var method: String
    var dataset: String
    /// Draft steps that became part of a response.
    var taken = Array(repeating: 0, count: bins)
    /// Draft steps that did not, though they were scored.
    var rejected = Array(repeating: 0, count: bins)
    /// The target's steps.
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
