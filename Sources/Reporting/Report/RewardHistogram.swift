import Decoding
import Support

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

    mutating func add(_ steps: [Step]) {
        for step in steps {
            if let reward = step.reward {
                if step.origin == .draft {
                    Self.count(reward, in: &taken)
                } else {
                    Self.count(reward, in: &target)
                }
            }
            for reward in [step.rejected?.reward] + (step.alternatives ?? []).map(\.reward) {
                if let reward { Self.count(reward, in: &rejected) }
            }
        }
    }

    private static func count(_ reward: Double, in counts: inout [Int]) {
        counts[min(bins - 1, max(0, Int(bounding: (reward * Double(bins)).rounded(.down))))] += 1
    }
}
